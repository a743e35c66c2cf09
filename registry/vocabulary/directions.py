"""Metrics that the vocabulary does not list: which direction is good, by the words of their names.

Fields make up names such as `FID50k-Camera`, `mAPH@L2` and `eval_l1_error` faster than anybody can list them, but of
few words: an error is good where it is low, whatever it is an error of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from registry.lazy_regex import lazy_regex
from registry.types import UNKNOWN_METRIC, MetricTerm
from registry.vocabulary.metrics import fold
from registry.vocabulary.toml_files import own_table

Direction = Literal["higher", "lower"]

_SAID = lazy_regex(r"(?P<lower>↓|(?:lower|less) is better)|↑|(?:higher|more) is better", re.IGNORECASE)
_THRESHOLD = lazy_regex(r"@ ?0?\.\d")
"""What is counted as a hit from so much on: `Mean@0.1`."""

_WORD = lazy_regex(r"[^\W_]+")
_HUMP = lazy_regex(r"(?<=[a-z])(?=[A-Z])")
_DIGITS = lazy_regex(r"\d+")


def unlisted(name: str, beside: Iterable[MetricTerm] = ()) -> MetricTerm:
    """The term of a metric that the vocabulary lacks: `UNKNOWN_METRIC` where its name says nothing.

    Args:
        name: Its printed name.
        beside: The metrics that stand beside it: a mean is as good as what it is a mean of.

    >>> [unlisted(name).better for name in ("FID50k-Camera", "mAPH@L2", "evalLoss", "Accuracy drop", "Private Score")]
    ['lower', 'higher', 'lower', 'lower', None]
    """
    better = _better(name)
    if better is None and fold(name) in _table()["summaries"]:
        others = {term.better for term in beside} - {None}
        better = others.pop() if len(others) == 1 else None
    return UNKNOWN_METRIC if better is None else UNKNOWN_METRIC._replace(better=better)


@lru_cache(maxsize=4096)
def _better(name: str) -> Direction | None:
    match = _SAID.search(name)
    if match is not None:
        return "lower" if match["lower"] else "higher"
    whole, humps = name.casefold(), _HUMP.sub(" ", name).casefold()
    for text in (whole, _DIGITS.sub(" ", whole), humps):
        is_listed, better = _of_words(f" {' '.join(_WORD.findall(text))} ")
        if is_listed:
            return better
    hits = _THRESHOLD.search(name) is not None or fold(name) in _table()["joints"]
    return "higher" if hits else None


def _of_words(words: str) -> tuple[bool, Direction | None]:
    """Whether some words say which direction is good, and which."""
    order: tuple[tuple[str, Direction | None], ...] = (("neither", None), ("lower", "lower"), ("higher", "higher"))
    return next(((True, better) for key, better in order if _pattern(key).search(words)), (False, None))


@cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(f" (?:{'|'.join(map(re.escape, _table()[key]))}) ")


@cache
def _table() -> dict[str, list[str]]:
    return own_table(Path(__file__).with_name("directions.toml"))
