"""A text that is four times as long takes about four times as long to read: sixteen times would end no more."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.checks import check
from registry.loader import load
from registry.read import read_text

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


def seconds(work: Callable[[], object]) -> float:
    """Processor time of the quicker of two runs."""
    taken = []
    for _ in range(2):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


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
