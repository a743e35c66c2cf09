"""Every rule's page: it has all of its sections, its bad card is found and its good card is clean."""

import os
import re
from pathlib import Path

import pytest

import registry
from registry.checks import RULES, Rule
from registry.types import Finding

_ELSEWHERE = {"MIR028", "MIR029", "MIR109"}
"""Rules that other modules apply, and test: `registry.read.faults`, `registry.report.baseline`."""


def _pipe(root: Path) -> None:
    os.mkfifo(root / "model-index.yml")


def _empty(root: Path) -> None:
    (root / "model-index.yml").touch()


def _large(root: Path) -> None:
    with (root / "model-index.yml").open("wb") as file:
        file.truncate(33 * 2**20)


def _latin(root: Path) -> None:
    (root / "model-index.yml").write_bytes("Models:\n- Name: Modèle\n".encode("latin-1"))


def _many(root: Path) -> None:
    (root / "model-index.yml").write_text("Import: 'cards/*.yml'\n")
    (root / "cards").mkdir()
    for number in range(20_001):
        (root / "cards" / f"{number}.yml").touch()


_MADE = {"MIR001": _pipe, "MIR002": _large, "MIR003": _latin, "MIR021": _empty, "MIR027": _many}
"""Bad examples that no text can show; their pages describe them in brackets."""


def write(folder: Path, example: str) -> None:
    parts = re.split(r"^# file: (.+)\n", example, flags=re.MULTILINE)
    files = dict(zip(parts[1::2], parts[2::2], strict=True)) if len(parts) > 1 else {"model-index.yml": parts[0]}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def findings(folder: Path, example: str) -> list[Finding]:
    (folder / ".git").mkdir(parents=True)
    write(folder, example)
    return registry.check(folder)


def bad(folder: Path, rule: Rule) -> list[Finding]:
    if rule.id not in _MADE:
        return findings(folder, rule.docs.bad)
    assert rule.docs.bad.startswith("(")
    (folder / ".git").mkdir(parents=True)
    _MADE[rule.id](folder)
    return registry.check(folder / "model-index.yml")


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_page_is_complete(rule):
    assert re.fullmatch(r"MIR\d{3}", rule.id)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.summary
    assert all([rule.docs.what, rule.docs.why, rule.docs.bad, rule.docs.good])


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES.values() if rule.id not in _ELSEWHERE], ids=lambda rule: rule.id
)
def test_bad_example_is_found_and_good_one_is_clean(rule, tmp_path):
    problems = bad(tmp_path / "bad", rule)
    assert rule.id in {finding.rule for finding in problems}, problems
    clean = findings(tmp_path / "good", rule.docs.good)
    assert [finding for finding in clean if finding.severity != "info" or finding.rule == rule.id] == []


def test_names_are_unique():
    assert len({rule.name for rule in RULES.values()}) == len(RULES)
