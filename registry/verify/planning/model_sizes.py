"""How large a model is and how much it computes, from what its card, its library and earlier evidence say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from registry.types import Claim, Evidence, Measurement
from registry.verify.counts.filesize import FLOAT32
from registry.verify.planning.plan import Download
from registry.verify.planning.span import Span
from registry.verify.target import WeightsRef
from registry.verify.weights import Cache

_MOST = 10**24
"""No model has or does so much, and a plan has no use for what a card says beyond it."""

Known = Callable[[Claim], Evidence | None]
"""Earlier evidence of a claim, fresh or not: a count of an older day is good enough for a plan."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """What is known of one model, `None` where nobody says.

    Attributes:
        weights: Bytes of its parameters as 32-bit floats.
        flops: FLOPs of one sample, a multiplication and an addition as two.
        flops_source: Who says so.
        file: Bytes of its weights' file.
        file_source: Who says so.
    """

    weights: int | None
    flops: Span | None
    flops_source: str
    file: int | None
    file_source: str


def read_sizes(claims: Sequence[Claim], lookup: Known) -> Sizes:
    """What all claims of a model and their earlier evidence say, those included that are not to be verified now."""
    counted = {
        claim.subject: evidence.measurement for claim in claims if (evidence := lookup(claim)) and evidence.measurement
    }
    claimed = {claim.subject: claim for claim in reversed(claims) if 0 < claim.reported.value < _MOST}
    parameters = _number(counted.get("parameters"), claimed.get("parameters"))
    weights = None if parameters is None else FLOAT32 * int(parameters)
    flops, flops_source = _flops(claimed.get("flops"), counted.get("flops"))
    file, file_source = _file(claimed.get("file-size"), counted.get("file-size"), weights)
    return Sizes(weights=weights, flops=flops, flops_source=flops_source, file=file, file_source=file_source)


def download_of(ref: WeightsRef, sizes: Sizes, cache: Cache) -> Download:
    """The weights' file: nothing to bring here where it is here."""
    if (urlsplit(ref.url).scheme.lower() if "://" in ref.url else "") in ("", "file"):
        return Download(url=str(Path(ref.base or ".", ref.url)), size=0, source="on this machine")
    if cache.digest_of(ref.url) is not None:
        return Download(url=ref.url, size=0, source="in the cache")
    return Download(url=ref.url, size=sizes.file, source=sizes.file_source)


def _number(counted: Measurement | None, claim: Claim | None) -> float | None:
    """What was counted, else what the card says."""
    if counted is not None and 0 < counted.value < _MOST:
        return float(counted.value)
    return None if claim is None else float(claim.reported.value)


def _flops(claim: Claim | None, counted: Measurement | None) -> tuple[Span | None, str]:
    value = 0.0 if counted is None else _both(counted)
    if 0 < value < _MOST:
        return Span(value, value), "counted"
    if claim is None:
        return None, "unknown"
    value = float(claim.reported.value)
    if claim.reported.text.rstrip().casefold().endswith(("mac", "macs")):
        return Span(2 * value, 2 * value), "the card's MACs, twice"
    return Span(value, 2 * value), "the card's FLOPs, which may be multiply-adds"


def _both(counted: Measurement) -> float:
    """Twice the multiply-adds of all layers, where evidence lists them; else what its convention counted."""
    layers = counted.details.get("by_layer")
    if isinstance(layers, list) and layers and all(_is_layer(layer) for layer in layers):
        return 2 * float(sum(count for _, count in layers))
    return float(counted.value) * (2 if counted.details.get("unit") == "MACs" else 1)


def _is_layer(entry: Any) -> bool:
    """Whether an entry is as our own records have it; evidence may come from somebody else."""
    return isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], int) and 0 <= entry[1] < _MOST


def _file(claim: Claim | None, counted: Measurement | None, weights: int | None) -> tuple[int | None, str]:
    # What the tensors bound is counted too; only a file that was seen is of any other convention.
    if counted is not None and counted.convention != "32-bit floats" and 0 < counted.value < _MOST:
        return int(counted.value), "measured"
    if claim is not None:
        return int(claim.reported.value), "the card's file size"
    return (None, "unknown") if weights is None else (weights, "4 bytes a parameter")
