"""Metric names: what a printed name means, what its number counts, which direction is good."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from registry.lazy_regex import lazy_regex
from registry.types import Kind, MetricTerm, Quantity
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


_AT_CUT_OFF = re.compile(
    r"(?:ndcg|map|mrr|recall|precision|accuracy|success|hits?(?: rate)?|pass|top)(?: at |@| @ ?)\d{1,5}"
)


def at_cut_off(name: str) -> MetricTerm | None:
    """What is counted among the first answers, such as `ndcg_at_10` or `pass@1`; more is better, the scale is open.

    >>> at_cut_off("ndcg_at_10").better, at_cut_off("latency_at_10")
    ('higher', None)
    """
    if _AT_CUT_OFF.fullmatch(fold(name)) is None:
        return None
    return MetricTerm(
        subject=slug(name), name=name, aliases=(), kind="number", better="higher", where="results", bounded=False
    )


def by_spelling(terms: Mapping[str, MetricTerm]) -> dict[str, MetricTerm]:
    """Metrics by each of their folded spellings."""
    return {fold(name): term for term in terms.values() for name in (term.name, *term.aliases)}


_IN_NAME = lazy_regex(
    r"^\s*(?P<prefix>[kMGTP])(?:FLOP|MAC|OP|Param)s?\b|\((?P<unit>[kKMGTB])(?:FLOPs|MACs|iB|B)?\)\s*$",
)
_TIME_IN_NAME = lazy_regex(r"\((?P<unit>s|ms|us)(?:/\w+)?\)\s*$")
_QUALIFIER = lazy_regex(r"\(([^()]*)\)\s*$")
_UNIT = lazy_regex(
    r"%|dB|(?:[kMGTP]i?)?(?:B|bytes|bits?|FLOPs?|MACs?|OPs?|Params?)?|[mnuµ]?s(?:ecs?|econds?)?|min|hours?|h|fps|[kmc]?m"
    r"|px|pixels?|deg(?:rees)?|\w+/(?:s|sec|second|min)|(?:[mnuµ]?s|sec|%)/\w+",
    re.IGNORECASE,
)
_BARE = lazy_regex(r"[+-]?[\d.,_]+(?:[eE][+-]?\d+)?")


def unit_in_name(name: str) -> str:
    """The letter of the unit that a name carries, empty where it carries none.

    >>> unit_in_name("GMACs"), unit_in_name("Params (M)"), unit_in_name("FLOPs")
    ('G', 'M', '')
    """
    match = _IN_NAME.search(name)
    return "" if match is None else match["prefix"] or match["unit"]


def qualifier(name: str) -> str:
    """What stands in brackets after a metric's name and is no unit, empty where nothing does.

    >>> qualifier("Accuracy (testA)"), qualifier("Top 1 (%)"), qualifier("Latency (ms/im)"), qualifier("mAP")
    ('testA', '', '', '')
    """
    match = _QUALIFIER.search(name)
    return "" if match is None or _UNIT.fullmatch(match[1].strip()) else match[1].strip()


@lru_cache(maxsize=65536)
def read_quantity(name: str, text: str, kind: Kind) -> Quantity:
    """The number that a card prints under a name, in base units; a zoo prints the same few thousand again and again.

    Raises:
        QuantityError: The text is no number, or its unit does not fit the kind.

    >>> int(read_quantity("GFLOPs", "4.1", "count").value)
    4100000000
    >>> int(read_quantity("FLOPs", "4.1 GFLOPs", "count").value)
    4100000000
    >>> str(read_quantity("inference time (ms/im)", "17.3", "seconds").value)
    '0.0173'
    """
    per_picture = _TIME_IN_NAME.search(name) if kind == "seconds" else None
    if per_picture is not None and _BARE.fullmatch(text.strip()):
        return Quantity.parse(f"{text.strip()} {per_picture['unit']}", kind)._replace(text=text.strip())
    unit = unit_in_name(name) if kind in ("count", "bytes") else ""
    if unit and _BARE.fullmatch(text.strip()):
        scaled = Quantity.parse(f"{text.strip()} {unit}{'B' if kind == 'bytes' and unit != 'B' else ''}", kind)
        return scaled._replace(text=text.strip())
    return Quantity.parse(text, kind)
