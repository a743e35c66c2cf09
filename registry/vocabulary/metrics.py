"""Metric names: what a printed name means, what its number counts, which direction is good."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from registry.types import MetricTerm
from registry.vocabulary.toml_files import own_table


@lru_cache(maxsize=8192)
def fold(name: str) -> str:
    """A name without case, hyphens, underscores and runs of spaces, for comparing spellings."""
    return " ".join(name.replace("_", " ").replace("-", " ").split()).casefold()


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
            least=entry.get("least"),
            most=entry.get("most"),
            percent_from=entry.get("percent_from", 0),
        )
        for subject, entry in table.items()
    }


@cache
def metric_terms() -> dict[str, MetricTerm]:
    """All metrics that `mir` knows, by their subject."""
    return read_metrics(own_table(Path(__file__).with_name("metrics.toml")))


def by_spelling(terms: Mapping[str, MetricTerm]) -> dict[str, MetricTerm]:
    """Metrics by each of their folded spellings."""
    return {fold(name): term for term in terms.values() for name in (term.name, *term.aliases)}
