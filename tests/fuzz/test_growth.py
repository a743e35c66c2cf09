"""A text that is four times as long takes about four times as long to read: sixteen times would end no more."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from registry.checks import check
from registry.cli.main import group
from registry.convert import TARGETS, convert
from registry.loader import load
from registry.lsp.diagnostics import diagnose
from registry.publish import Material, pages
from registry.query.changes import Side, diff
from registry.query.registry_tables import tables
from registry.read import read_text
from registry.report import FORMATS, Report
from registry.report.repair import repair
from registry.report.terminal_table import fold
from registry.types import MirError
from registry.vocabulary import Vocabulary

from .shapes import NAMED, REFERENCES, Shape, shapes

TEXTS: dict[str, tuple[str, Callable[[int], str]]] = {
    "fences that are never closed": ("markdown", lambda n: "```a\n" * n),
    "fences of two kinds": ("markdown", lambda n: "~~~~a\n```b\n~~~c\n" * n),
    "comments": ("markdown", lambda n: "<!--\nname: x\n" * n),
    "a long comment": ("markdown", lambda n: "<!--" + "name: x\n" * n + "-->"),
    "blank lines in a comment": ("markdown", lambda n: "<!--" + " \t\n" * n + "-->"),
    "front matter that is never closed": ("markdown", lambda n: "---\n" + "model\n" * n),
    "items": ("yaml", lambda n: "Models:\n" + "- Name: x\n" * n),
    "keys": ("yaml", lambda n: "".join(f"k{number}: 1\n" for number in range(n))),
    "one key": ("yaml", lambda n: "a: 1\n" * n),
    "merges": ("yaml", lambda n: "a: &a {b: 1}\nModels:\n" + "- <<: *a\n" * n),
    "anchors": ("yaml", lambda n: "a:\n" + "".join(f"- &a{number} x\n" for number in range(n))),
    "pairs": ("yaml", lambda n: "a: [" + "x: y, " * n + "]"),
    "arrays": ("json", lambda n: '{"a":[' + "1," * n + "1]}"),
    "one key in JSON": ("json", lambda n: "{" + '"a":1,' * n + '"a":1}'),
}
SHORT = 3000
RATIO = 10
ENOUGH_SECONDS = 0.1
"""What takes less than this at its longest has not grown much."""


def seconds(work: Callable[[], object], *, once: bool = False) -> float:
    """Processor time of the quicker of two runs."""
    times = []
    gc.disable()  # what other tests left behind is looked through at no fixed time, and collecting it takes a second
    try:
        for _ in range(1 if once else 2):
            started = time.process_time()
            work()
            times.append(time.process_time() - started)
    finally:
        gc.enable()
    return min(times)


@pytest.mark.parametrize("name", TEXTS)
def test_reading_grows_with_the_text(name: str) -> None:
    kind, make = TEXTS[name]
    short, long = (make(SHORT * times) for times in (1, 4))
    whole = seconds(lambda: read_text(long, "card", kind))
    assert whole < max(ENOUGH_SECONDS, RATIO * seconds(lambda: read_text(short, "card", kind)))


MODELS = {
    "of one name": lambda at: f"- Name: x\n  Metadata: {{FLOPs: -{at}}}\n",
    "of names that are alike": lambda at: f"- Name: resnet{at}\n  Metadata: {{FLOPs: {at}000, Parameters: {at}}}\n",
    "with one file": lambda at: f"- Name: m{at}\n  Weights: https://example.org/x-{at % 2:08d}.pth\n  README: x.md\n",
}


@pytest.mark.parametrize("name", MODELS)
def test_checking_grows_with_the_models(name: str, tmp_path: Path) -> None:
    def work(count: int) -> Callable[[], object]:
        file = tmp_path / f"{count}.yml"
        file.write_text("Models:\n" + "".join(map(MODELS[name], range(count))))
        return lambda: check(load([file]))

    whole = seconds(work(2000))
    assert whole < RATIO * seconds(work(500))


FEW, MANY = 150, 500


def commands(file: Path, out: Path) -> dict[str, Callable[[], object]]:
    """What every command makes of a card, by its name; none is left out but those that fetch or run models."""
    index = load([file])
    findings = check(index)
    report = Report(findings=findings, index=index)
    work: dict[str, Callable[[], object]] = {
        "load": lambda: load([file]),
        "check": lambda: check(index),
        "repair": lambda: repair(index, findings, {}, lambda _: (index, [])),
        **{f"check --format {form}": lambda form=form: "".join(FORMATS[form](report)) for form in FORMATS},
    }
    evidence = out.with_name("evidence")
    called: dict[str, tuple[str, ...]] = {
        "search": ("search", "parameters > 1 or top1 > 0", str(file)),
        "evidence check": ("evidence", "check", str(file)),
        "evidence report": ("evidence", "report", str(file)),
        "verify": ("verify", "--format", "json", "--evidence", str(evidence), str(file)),
        "verify --plan": ("verify", "--plan", "--evidence", str(evidence), str(file)),
        "init": ("init", str(file.parent)),
    }
    if index.models:
        model = index.models[0].name
        called = {"show": ("show", model, str(file)), "badge": ("badge", model, str(file)), **called}
        work |= {
            "lsp": lambda: diagnose(file, file.read_text(encoding="utf-8"), file.parent),
            **{f"convert --to {target}": lambda target=target: convert(index, target) for target in TARGETS},
            "query": lambda: tables(index, []),
            "diff": lambda: list(diff(Side(index=index), Side(index=index), Vocabulary.load())),
            "site pages": lambda: pages(Material(index=index, findings=findings), out=out),
        }
    return work | {name: lambda words=words: call(*words) for name, words in called.items()}  # `init` writes: last


def call(*words: str) -> None:
    """Run a command in this process; whatever it says of a card is no concern here, but that it ends as it should."""
    result = CliRunner().invoke(group, list(words))
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, MirError), result.exception


def grows_with_its_card(
    dialect: str, shape: Shape, folder: Path, *, few: int = FEW, without: tuple[str, ...] = ()
) -> None:
    took: list[dict[str, float]] = []
    for times in (1, 4):
        file = folder / str(times) / NAMED[dialect]
        file.parent.mkdir()
        text = json.dumps(shape(few * times))
        file.write_text(text if file.suffix == ".yml" else f"---\n{text}\n---\n", encoding="utf-8")
        work = commands(file, file.parent / "pages")
        took.append({name: seconds(run, once=True) for name, run in work.items() if name not in without})
    for name, whole in took[1].items():
        assert whole < max(5 * ENOUGH_SECONDS, RATIO * took[0].get(name, whole)), (
            f"{name}: {took[0][name]} s to {whole} s"
        )


@pytest.mark.parametrize(
    ("dialect", "name"), [(dialect, name) for dialect in REFERENCES for name in REFERENCES[dialect]]
)
def test_every_command_grows_with_what_refers_to_each_other(dialect: str, name: str, tmp_path: Path) -> None:
    grows_with_its_card(dialect, REFERENCES[dialect][name], tmp_path, without=("site pages",))


@pytest.mark.sweep
@pytest.mark.parametrize(("dialect", "name"), [(dialect, name) for dialect in NAMED for name in shapes(dialect)])
def test_every_command_grows_with_every_shape_that_a_schema_allows(dialect: str, name: str, tmp_path: Path) -> None:
    grows_with_its_card(dialect, shapes(dialect)[name], tmp_path, few=MANY)


@pytest.mark.parametrize("again", ["~~", "a ", "模", "`|"])
def test_showing_grows_with_a_long_word(again: str) -> None:
    short, long = (again * (SHORT * times) for times in (1, 4))
    whole = seconds(lambda: fold(long, 40))
    assert whole < max(ENOUGH_SECONDS, RATIO * seconds(lambda: fold(short, 40)))
    assert "".join(fold(long, 40)).replace(" ", "") == long.replace(" ", "")
