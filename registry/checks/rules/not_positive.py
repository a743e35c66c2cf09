"""A count that is zero or negative.

What:
    Parameters, FLOPs, file size, epochs, batch size or a side of a picture are zero or less.

Why:
    There is no such model. The number was mistyped, or stands for one that nobody knew.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        FLOPs: -3

Good:
    Models:
    - Name: AlexNet
      Metadata:
        FLOPs: 1429383808
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.card_view import Entry
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.types import MapNode, SeqNode

_TRAINING = ("Epochs", "Batch Size", "Image Size", "FPS")
_RESOLUTION = lazy_regex(r"\(?\[?\s*[-+]?\d+\s*[,x]\s*[-+]?\d+\s*\]?\)?")
_SIDE = lazy_regex(r"[-+]?\d+")


@rule("MIR202", "not-positive", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    for claim in entry.counts.values():
        if claim.reported.value <= 0:
            yield Problem(f"{claim.label} is {claim.reported}; it cannot be zero or less", claim.location)
    for name in _TRAINING:
        field = entry.owner.metadata.get(name)
        if field is not None and not field.inherited and isinstance(field.value, int | float) and field.value <= 0:
            yield Problem(f"{name} is {field.value}; it cannot be zero or less", field.location)
    for field in entry.owner.metadata.values():
        for item in field.value if isinstance(field.value, SeqNode) and not field.inherited else ():
            text = item.get("resolution") if isinstance(item, MapNode) else None
            if isinstance(text, str) and _RESOLUTION.fullmatch(text) and min(map(int, _SIDE.findall(text))) <= 0:
                where = item.location("resolution", f"{field.path}.resolution")
                yield Problem(f"resolution is {text}; no side of a picture is zero or less", where)
