"""What one file ends in is a finding or a note of that file, and the others are read, checked, written and shown."""

from __future__ import annotations

import html
import importlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import Any

import pytest

from registry.checks import RULES, check
from registry.convert import TARGETS, convert
from registry.dialects import DIALECTS
from registry.loader import load
from registry.publish import Material, pages
from registry.query.registry_tables import tables
from registry.query.state import compare_states
from registry.read.faults import sparing
from registry.report import FORMATS, Report
from registry.types import Finding, Index, Model, UsageError

CARD = """\
Collections:
- Name: {name} family
  Metadata: {{Epochs: 3}}
Models:
- Name: {name}
  In Collection: {name} family
  Metadata:
    FLOPs: -3
  Results:
  - Task: Image Classification
    Dataset: ImageNet
    Metrics: {{Top 1 Accuracy: 70%}}
"""
HUGGING_FACE = """\
---
model-index:
- name: {name}
  results:
  - task: {{type: image-classification}}
    dataset: {{type: imagenet, name: ImageNet}}
    metrics:
    - {{type: accuracy, value: -3}}
---
"""


class UnforeseenError(Exception):
    """What nobody raises."""


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """Two files, of which one is `odd`."""
    for name in ("even", "odd"):
        (tmp_path / f"{name}.yml").write_text(CARD.format(name=name), encoding="utf-8")
        (tmp_path / f"hub-{name}.md").write_text(HUGGING_FACE.format(name=f"hub-{name}"), encoding="utf-8")
    return tmp_path


def fails_on_odd(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same, but for what has to do with the odd file."""

    def wrapped(*arguments: Any, **keywords: Any) -> Any:
        if odd(arguments[0]):
            raise UnforeseenError("oh")
        result = work(*arguments, **keywords)
        return thrown_later(result) if isinstance(result, Iterator) else result

    def thrown_later(result: Iterator[Any]) -> Iterator[Any]:
        yield from result

    return wrapped


def odd(value: Any) -> bool:
    """Whether something is the odd file, or of it."""
    for path in ("source.file", "raw.source.file", "card.file", "file", "location.file", "owner.file"):
        name = value
        for step in path.split("."):
            name = getattr(name, step, None)
        if isinstance(name, str) and "odd" in name:
            return True
    if isinstance(value, str):
        return "odd" in value
    index = value if isinstance(value, Index) else getattr(value, "index", None)
    if isinstance(index, Index):
        return any(odd(card) for card in index.cards)
    if any(map(odd, getattr(value, "cards", ()))):
        return True
    models = getattr(value, "models", ())
    return isinstance(models, tuple) and any(odd(model) for model in models if isinstance(model, Model))


def faults(findings: Sequence[Finding]) -> set[str]:
    return {Path(finding.location.file).name for finding in findings if finding.rule == "MIR028"}


@pytest.mark.parametrize(
    "place",
    [
        "registry.read.document.parse_yaml",
        "registry.read.document.find_blocks",
        "registry.loader.file_reader.body",
        *(f"registry.dialects.{name.replace('-', '_')}" for name in DIALECTS),
    ],
)
def test_a_reader_that_fails(place: str, cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, _, name = place.rpartition(".")
    if module == "registry.dialects":
        dialect = type(DIALECTS[name.replace("_", "-")])
        read = dialect.read
        monkeypatch.setattr(
            dialect, "read", lambda self, document, context: fails_on_odd(partial(read, self))(document, context)
        )
        monkeypatch.setattr(dialect, "matches", lambda self, document: document.root is not None)
        for stem in ("even", "odd"):
            (cards / f"{stem}.json").write_text(json.dumps({"Models": [{"Name": stem}]}), encoding="utf-8")
    else:
        where = importlib.import_module(module)
        monkeypatch.setattr(where, name, fails_on_odd(getattr(where, name)))
    index = load([cards])
    assert faults(index.findings) & {"odd.yml", "hub-odd.md", "odd.json"}, [str(finding) for finding in index.findings]
    assert faults(index.findings) <= {"odd.yml", "hub-odd.md", "odd.json"}
    assert {"even.yml", "hub-even.md"} <= {Path(card.file).name for card in index.cards}


@pytest.mark.parametrize("rule", RULES.checking)
def test_a_rule_that_fails(rule: str, cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = load([cards])
    before = check(index)
    broken = RULES.checking[rule]
    work = fails_on_odd(broken.check)
    across = work if broken.across is broken.check else broken.across
    monkeypatch.setitem(RULES.checking, rule, broken._replace(check=work, across=across))
    after = check(index)
    looked_at = {"hub-odd.md"} if broken.scope.startswith("hub-") else {"odd.yml", "hub-odd.md"}
    assert faults(after) == looked_at
    assert {finding for finding in before if "even" in finding.location.file} <= set(after)


@pytest.mark.parametrize("rule", [name for name, rule in RULES.checking.items() if rule.facts])
def test_facts_that_cannot_be_taken(rule: str, cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = load([cards])
    broken = RULES.checking[rule]
    facts = tuple(wraps(take)(fails_on_odd(take)) for take in broken.facts)
    monkeypatch.setattr("registry.checks.run_rules.RULES.checking", {rule: broken._replace(facts=facts)})
    assert faults(check(index)) == {"odd.yml", "hub-odd.md"}


@pytest.mark.parametrize("form", FORMATS)
def test_a_writer_of_findings_that_fails(form: str, cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = load([cards])
    report = Report(findings=check(index), index=index)
    name = {
        "text": "_lines",
        "json": "_finding",
        "sarif": "_result",
        "github": "_command",
        "junit": "_case",
        "gitlab": "_entry",
        "rdjson": "_diagnostic",
        "markdown": "_row",
    }[form]
    names = {"json": "jsonlist", "markdown": "markdown_summary"}
    module = importlib.import_module(f"registry.report.{names.get(form, form)}")
    work = getattr(module, name)

    def fails(finding: Finding, *arguments: Any, **keywords: Any) -> Any:
        if finding.rule == "MIR202" and "odd" in finding.location.file:
            raise UnforeseenError("oh")
        return work(finding, *arguments, **keywords)

    monkeypatch.setattr(module, name, fails)
    output = "".join(FORMATS[form](report))
    assert "a finding of MIR202 could not be written: UnforeseenError: oh" in html.unescape(output)
    assert output.count("MIR202") > 1
    if form in ("json", "sarif"):
        json.loads(output)


@pytest.mark.parametrize("target", TARGETS)
def test_a_conversion_that_fails(target: str, cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = load([cards])
    if target in DIALECTS:
        dialect = type(DIALECTS[target])
        write = dialect.write
        monkeypatch.setattr(
            dialect, "write", lambda self, content, notes: fails_on_odd(partial(write, self))(content, notes)
        )
    else:
        place = {"json": "registry.convert.plain_data._card", "csv": "registry.convert.scalar_table._rows"}[target]
        module, _, name = place.rpartition(".")
        where = importlib.import_module(module)
        monkeypatch.setattr(where, name, fails_on_odd(getattr(where, name)))
    converted = convert(index, target)
    assert "odd.yml" in faults(converted.faults) <= {"odd.yml", "hub-odd.md"}
    texts = "".join(f"{output.file} {output.text}" for output in converted.outputs)
    assert "even" in texts or target == "eval-results"  # which takes only data sets that the Hub has
    assert not re.search("(?<!hub-)odd", texts), "a card of the Hub may be copied"


@pytest.mark.parametrize(
    "place",
    [
        "registry.publish.pages.models._model",
        "registry.publish.pages.models._words",
        "registry.publish.pages.models.text_of",
        "registry.publish.catalog._from_root",
        "registry.publish.papers.of_model",
        "registry.publish.badge_files.files",
        "registry.publish.site_api._of_model",
        "registry.publish.badge_files._entry",
    ],
)
def test_a_page_that_fails(place: str, cards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = load([cards])
    module, _, name = place.rpartition(".")
    where = importlib.import_module(module)
    monkeypatch.setattr(where, name, fails_on_odd(getattr(where, name)))
    site = pages(Material(index=index, findings=check(index)), out=tmp_path / "pages")
    assert faults(site.faults) <= {"odd.yml", "hub-odd.md"}
    assert (tmp_path / "pages/models/even.md").is_file()
    assert not site.faults or not (tmp_path / "pages/models/odd.md").exists()


def test_tables_that_fail_on_a_card(cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import registry.query.registry_tables as module

    monkeypatch.setattr(module, "_model", fails_on_odd(module._model))
    frames, wrong = sparing("could not be read", lambda index: tables(index, []), load([cards]))
    assert faults(wrong) == {"odd.yml", "hub-odd.md"}
    assert set(frames.models.columns["name"]) == {"even", "hub-even"}


def test_a_card_that_only_fails_together_with_another_is_found(cards: Path) -> None:
    index = load([cards])

    def work(index: Index) -> int:
        if sum(odd(card) for card in index.cards) > 1:
            raise UnforeseenError("oh")
        return len(index.cards)

    assert sparing("failed", work, index)[0] == 3


def test_work_that_fails_on_every_card_is_nobodys_fault(cards: Path) -> None:
    def work(index: Index) -> None:
        raise UnforeseenError("oh")

    with pytest.raises(UnforeseenError):
        sparing("failed", work, load([cards]))


def test_what_a_user_has_to_mend_ends_the_command(cards: Path) -> None:
    def work(index: Index) -> None:
        raise UsageError("no")

    with pytest.raises(UsageError):
        sparing("failed", work, load([cards]))


def test_a_state_that_a_card_fails_in_is_compared_without_it(
    cards: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path_factory.mktemp("before")
    shutil.copytree(cards, before, dirs_exist_ok=True)
    (cards / "even.yml").write_text(CARD.format(name="even").replace("-3", "-4"), encoding="utf-8")
    (before / "odd.yml").write_text(CARD.format(name="odd") + "  - [\n", encoding="utf-8")
    comparison = compare_states(str(before), str(cards))
    assert [str(change) for change in comparison.changes] == ["~ even: FLOPs -3 -> -4"]
    assert [Path(finding.location.file).name for finding in comparison.unread] == ["odd.yml"]
    # The place that reads the claims of one model.
    module = importlib.import_module("registry.claims.reading")
    monkeypatch.setattr(module, "_of_model", fails_on_odd(module._of_model))
    comparison = compare_states(str(before), str(cards))
    assert [str(change) for change in comparison.changes] == ["~ even: FLOPs -3 -> -4"]
    assert faults(comparison.unread) >= {"hub-odd.md"}
