"""Metric names: what a printed name means, what its number counts, which direction is good."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from registry.types import Kind
from registry.vocabulary.quantities import unit_in_name
from registry.vocabulary.tables import read_table


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricTerm:
    """One entry of `metrics.toml`.

    Attributes:
        subject: Slug, such as `top-1-accuracy`.
        name: The spelling to use.
        aliases: Other spellings.
        kind: What the number counts.
        better: Which direction is good; `None` where neither is.
        where: Whether it stands in a model's metadata or in its results.
        bounded: Whether a ratio lies between 0 and 100 %.
        family: What it counts hits of, such as `accuracy`, where it counts them among the best `top` guesses.
        top: How many guesses are counted. More guesses never score less.
    """

    subject: str
    name: str
    aliases: tuple[str, ...]
    kind: Kind
    better: Literal["higher", "lower"] | None
    where: Literal["metadata", "results"]
    bounded: bool = True
    family: str = ""
    top: int = 0

    def is_one(self, value: object) -> bool:
        """Whether a value under this name is meant as one number: OpenMMLab lists a time for each GPU."""
        return not (self.kind == "seconds" and isinstance(value, list | dict))


@lru_cache(maxsize=8192)
def fold(name: str) -> str:
    """A name without case, hyphens, underscores and runs of spaces, for comparing spellings."""
    return re.sub(r"[\s_\-]+", " ", name).strip().casefold()


def slug(name: str) -> str:
    """A name as an identifier: `Top 1 Accuracy` is `top-1-accuracy`."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def read_metrics(table: Mapping[str, Any]) -> dict[str, MetricTerm]:
    """The metrics of a table in the form of `metrics.toml`, by their subject.

    Raises:
        KeyError: An entry lacks its name or kind.
    """
    return {
        subject: MetricTerm(
            subject=subject,
            name=entry["name"],
            aliases=tuple(entry.get("aliases", ())),
            kind=entry["kind"],
            better=entry.get("better"),
            where=entry.get("where", "results"),
            bounded=entry.get("bounded", True),
            family=entry.get("family", ""),
            top=entry.get("top", 0),
        )
        for subject, entry in table.items()
    }


@cache
def metric_terms() -> dict[str, MetricTerm]:
    """All metrics that `mir` knows, by their subject."""
    return read_metrics(read_table(Path(__file__).with_name("metrics.toml")))


def by_spelling(terms: Mapping[str, MetricTerm]) -> dict[str, MetricTerm]:
    """Metrics by each of their folded spellings."""
    return {fold(name): term for term in terms.values() for name in (term.name, *term.aliases)}


@cache
def _by_spelling() -> dict[str, MetricTerm]:
    return by_spelling(metric_terms())


def metric_term(name: str) -> MetricTerm | None:
    """The metric that a printed name means, `None` for one that the vocabulary lacks.

    >>> metric_term("top_1 accuracy").subject
    'top-1-accuracy'
    >>> metric_term("FLOPs (G)").subject
    'flops'
    """
    term = _by_spelling().get(fold(name))
    if term is None and name.endswith(")") and unit_in_name(name):
        term = _by_spelling().get(fold(name.rpartition("(")[0]))
    return term
