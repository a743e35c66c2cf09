"""A metric under another of its names.

What:
    A metric, or a count in the metadata, is known but printed in another spelling than the usual one: `top1`, `CIDER`,
    `Params`. It is said once for each spelling in a file. Abbreviations in capitals, such as `EPE`, are left alone.

Why:
    A comparison of two models finds nothing in common when one says `top1` and the other `Top 1 Accuracy`.

Bad:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          top1: 76.55%

Good:
    Models:
    - Name: resnet50
      Results:
      - Task: Image Classification
        Dataset: ImageNet
        Metrics:
          Top 1 Accuracy: 76.55%
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from registry.checks.card_view import CardView
from registry.checks.fixes import rename, together
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.claims import PrintedNumber
from registry.lazy_regex import lazy_regex
from registry.types import Fix, MapNode
from registry.vocabulary import Vocabulary, fold, unit_in_name

_ABBREVIATION = lazy_regex(r"[A-Z]+(?:@?[0-9]+)?", re.ASCII)


@rule("MIR502", "metric-spelling", "info", "card", fixable=True)
def check(view: CardView, context: Context) -> Iterator[Problem]:
    numbers: dict[tuple[str, str], list[PrintedNumber]] = defaultdict(list)
    for entry in view.entries:
        if entry.card.dialect in ("model-index", "metafile"):
            for number in entry.printed:
                if _other_spelling(number):
                    numbers[entry.owner.file, number.said.name].append(number)
    crowded = _Crowded(context.vocabulary)
    for (_, spelling), places in numbers.items():
        name = places[0].term.name
        where = (number.said.key_location for number in places)
        message = f"{short(spelling)} is the metric {short(name)}"
        yield Problem.once(message, where, fix=_everywhere(places, name, crowded))


def _other_spelling(number: PrintedNumber) -> bool:
    name, usual = number.said.name, number.term.name
    if name == usual:
        return False
    # `EPE` and `AP50` are how their own fields write them, in every file.
    if name in number.term.aliases and _ABBREVIATION.fullmatch(name):
        return False
    # `GFLOPs` and `Accuracy (testA)` say something that the plain name does not.
    return not unit_in_name(name) and "(" not in name and "mac" not in fold(name)


def _everywhere(places: list[PrintedNumber], name: str, crowded: _Crowded) -> Fix | None:
    description = f"Write '{name}'"
    if any(number.said.node is not None and crowded(number.said.node, number.term.subject) for number in places):
        return None
    return together((rename(number.said, name, description) for number in places), description)


class _Crowded:
    """Whether several keys of a mapping mean one metric: renaming them would make one key twice."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._counts: dict[int, Counter[str]] = {}

    def __call__(self, node: MapNode, subject: str) -> bool:
        if id(node) not in self._counts:
            terms = (self._words.metric(key) for key in node)
            self._counts[id(node)] = Counter(term.subject for term in terms if term is not None)
        return self._counts[id(node)][subject] > 1
