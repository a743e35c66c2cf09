"""The published zoos: every model found, no crash, the known mistakes found, and the findings that the page says."""

import re
from collections import Counter
from pathlib import Path

import pytest

import registry
from registry.types import Finding

PAGE = Path(__file__).resolve().parents[2] / "site" / "pages" / "check-corpora.md"
ZOOS = {
    "mmpretrain": "mmpretrain/model-index.yml",
    "timm": "timm",
    "examples": "model-index-examples",
    "hub": "huggingface",
    "mmagic": "openmmlab/mmagic",
    "mmdet3d": "openmmlab/mmdet3d",
    "mmselfsup": "openmmlab/mmselfsup",
}
PARTS = (("mmpretrain", "timm", "examples", "hub"), ("mmagic", "mmdet3d", "mmselfsup"))


@pytest.fixture(scope="module")
def findings(corpora: Path) -> dict[str, list[Finding]]:
    return {name: registry.check(corpora / path) for name, path in ZOOS.items()}


def said(findings: list[Finding], rule: str) -> list[str]:
    return [
        f"{Path(finding.location.file).parent.name}:{finding.location.line}"
        for finding in findings
        if finding.rule == rule
    ]


@pytest.mark.parametrize(
    ("name", "models"),
    [("mmpretrain", 548), ("timm", 261), ("examples", 6), ("hub", 46), ("mmagic", 251), ("mmdet3d", 116)],
)
def test_every_model_is_found(corpora, name, models):
    assert len(registry.load(corpora / ZOOS[name]).models) == models


def test_the_seed_card_is_clean(corpora):
    assert registry.check(corpora / "seed" / "alexnet.md") == []


def test_our_own_cards_are_clean():
    assert registry.check(PAGE.parents[2] / "models") == []


def parts() -> list[str]:
    """The page's parts: the first corpora, the zoos of OpenMMLab, and the rest."""
    return re.split(r"^## (?:Zoos of OpenMMLab|Releases that no rule)", PAGE.read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize(("part", "severities"), [(0, ("error", "warning", "info")), (1, ("error", "warning"))])
def test_the_page_says_what_is_found(findings, part, severities):
    rows = re.findall(r"^\| (MIR\d+) [^|]*\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|", parts()[part], flags=re.MULTILINE)
    documented = {(rule, severity): int(count) for rule, severity, count, _, _ in rows}
    counted = Counter(
        (finding.rule, finding.severity)
        for name in PARTS[part]
        for finding in findings[name]
        if finding.severity in severities
    )
    assert documented == dict(counted)
    assert all(int(false) <= int(examined) <= int(count) for _, _, count, examined, false in rows)


@pytest.mark.parametrize("part", [0, 1])
def test_the_page_sums_up(findings, part):
    rows = re.findall(r"^\| [^|]* \| \d+ \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", parts()[part], flags=re.MULTILINE)
    severities = [Counter(finding.severity for finding in findings[name]) for name in PARTS[part]]
    counted = [(count["error"], count["warning"], count["info"]) for count in severities]
    assert [tuple(int(number) for number in row[1:]) for row in rows] == counted


def test_every_error_and_warning_of_the_zoos_was_examined():
    rows = re.findall(r"^\| MIR\d+ [^|]*\| \w+ \| (\d+) \| (\d+) \| (\d+) \|", parts()[1], flags=re.MULTILINE)
    assert rows
    assert all(count == examined for count, examined, _ in rows)


def test_the_known_mistakes_are_found(findings):
    wrong = {Path(finding.location.file).stem for finding in findings["timm"] if finding.rule == "MIR206"}
    assert wrong == {"inception-v4", "inception-resnet-v2", "ensemble-adversarial", "pnasnet"}
    assert said(findings["mmpretrain"], "MIR302") == ["resnet:129"]
    assert said(findings["mmpretrain"], "MIR303") == ["repvgg:61"]
    assert said(findings["mmpretrain"], "MIR311") == ["efficientnet:522"]
    assert said(findings["mmpretrain"], "MIR312") == ["vig:53"]
