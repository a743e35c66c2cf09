"""What every convention counts of one model: the answer to "why does another tool say something else?"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from registry.evidence.beside import Shown
from registry.publish.catalog import CatalogEntry
from registry.publish.profile import counts
from registry.types import Quantity
from registry.verify.conventions import CONVENTIONS, Convention
from registry.vocabulary import slug
from registry.vocabulary.toml_files import own_table

_SCALES = {"G": Decimal(10) ** 9, "M": Decimal(10) ** 6, "k": Decimal(10) ** 3}

_TABLES = own_table(Path(__file__).with_suffix(".toml"))
USED_BY: Mapping[str, str] = _TABLES["used_by"]
"""Where a convention's numbers are found, for those of which that is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One count of a model, and who comes to it.

    Attributes:
        value: The count.
        unit: `MACs` where a multiplication and an addition are one, else `FLOPs`.
        known: For each name the convention that it belongs to.
        used_by: Where such numbers are found.
        claimed: 1 or 2 where this, or twice this, is the card's number; 0 where it is not.
    """

    value: int
    unit: str
    names: tuple[str, ...]
    known: tuple[Convention | None, ...]
    used_by: tuple[str, ...]
    claimed: int = 0

    def macs(self, prefix: str) -> str:
        """The count where it is of MACs, such as `4.089` for the prefix `G`; else empty."""
        return _scaled(self.value, prefix) if self.unit == "MACs" else ""

    def flops(self, prefix: str) -> str:
        """The count as who counts a multiplication and an addition as two prints it."""
        return _scaled(2 * self.value if self.unit == "MACs" else self.value, prefix)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """Every count of one model on one input.

    Attributes:
        size: The input, such as `3x224x224`.
    """

    size: str
    counts: tuple[Way, ...]

    @property
    def prefix(self) -> str:
        """Of the unit in which they are written: `G`, or for a small model `M` or `k`."""
        most = max(way.value for way in self.counts)
        return next((prefix for prefix, scale in _SCALES.items() if most >= scale / 10), "k")

    @property
    def sentence(self) -> str:
        """The span of the counts, in one sentence."""
        macs = [way.value for way in self.counts if way.unit == "MACs"]
        low, high = min(macs), max(macs)
        least, most = _scaled(low, self.prefix), _scaled(high, self.prefix)
        span = least if low == high else f"{least} to {most}"
        return (
            f"On {self.size}, tools count {span} {self.prefix}MACs for this one network, and about twice that in "
            "FLOPs, where a multiplication and an addition are two."
        )


def ways(entry: CatalogEntry) -> Ways | None:
    """What the evidence of a model's FLOPs says that every convention counts; `None` where there is none."""
    for outcome in entry.claims:
        rows = counts(outcome)
        if outcome.claim.subject == "flops" and rows:
            size = outcome.details.get("input")
            grouped = tuple(_grouped(rows, outcome.claim.reported))
            if any(way.unit == "MACs" for way in grouped):
                return Ways(size="x".join(map(str, size)) if isinstance(size, list) else "its input", counts=grouped)
    return None


def reproducing(outcome: Shown) -> dict[str, Convention]:
    """The conventions that come to a claim's number, as they are or times two."""
    conventions: dict[str, Convention] = {}
    if outcome.verdict == "reproduced":
        for name, value, unit in counts(outcome):
            convention = convention_of(name)
            if convention is not None and _factor(value, unit, outcome.claim.reported):
                conventions[convention.name] = convention
    return conventions


def _grouped(rows: list[tuple[str, int, str]], reported: Quantity) -> Iterator[Way]:
    groups: dict[tuple[int, str], list[str]] = {}
    for name, value, unit in sorted(rows, key=lambda row: (row[2] != "MACs", row[1], len(row[0]), row[0])):
        groups.setdefault((value, unit), []).append(name)
    for (value, unit), names in groups.items():
        # A setting that changes nothing of this model is no way of its own.
        plain = [name for name in names if not any(name.startswith(f"{other}, ") for other in names)]
        yield Way(
            value=value,
            unit=unit,
            names=tuple(plain),
            known=tuple(convention_of(name) for name in plain),
            used_by=tuple(USED_BY[name] for name in names if name in USED_BY),
            claimed=_factor(value, unit, reported),
        )


def _factor(value: int, unit: str, reported: Quantity) -> int:
    factors = (1, 2) if unit == "MACs" else (1,)
    return next((factor for factor in factors if reported.holds(Decimal(factor * value))), 0)


def _scaled(value: int, prefix: str) -> str:
    """A count in units of a prefix, with three decimals or, below a tenth, three digits."""
    number = Decimal(value) / _SCALES[prefix]
    return f"{number:.3f}" if number >= Decimal("0.1") else f"{number:.3g}"


def convention_page(convention: Convention) -> str:
    """Address of a convention's page from the site's root."""
    return f"conventions/{slug(convention.name)}.md"


def convention_of(label: str | None) -> Convention | None:
    """The convention that a measurement's label names, such as `2 x thop 0.0.31, 224x224`.

    >>> convention_of("2 x thop 0.0.31, 224x224").name
    'thop 0.0.31'
    """
    way = (label or "").partition(" x ")[2] or (label or "")
    conventions = [convention for convention in CONVENTIONS.values() if way.startswith(convention.name)]
    return max(conventions, key=lambda convention: len(convention.name), default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedFlops:
    """A number of FLOPs that is printed of ResNet-50, in units of 10^9.

    Attributes:
        counted: What that convention counts, exactly.
        what: What it counts, in words.
    """

    text: str
    convention: str
    counted: int
    what: str
    where: str


PRINTED = tuple(PrintedFlops(**row) for row in _TABLES["printed"])
"""On pictures of 224x224. A test holds the counts to the evidence of torchvision's ResNet-50."""
