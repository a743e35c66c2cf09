"""Which of two scores of one evaluation cannot be the lower: AP at 0.5 is never below AP at 0.75."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from registry.lazy_regex import lazy_regex
from registry.vocabulary.metrics import fold

_SCORE = lazy_regex(
    r"^(?P<base>[a-z][a-z0-9 ]*?)\s*(?:[@_^]\{?|\s|(?=\d{2}$)|(?=\.\d))\s*"
    r"(?:iou\s*[=>]*\s*|top\s*)?(?P<at>\d*\.?\d+)\}?$"
)
_AVERAGED = lazy_regex(
    r"^(?P<base>(?:box |bbox |mask |segm |seg )?(?:ap|map|ar|mar))(?:\s*+(?:@\s*+)?\[?0?\.50?:0?\.95\]?)?$"
)

_BY_OVERLAP = frozenset(
    f"{part}{name}"
    for part in ("", "box ", "bbox ", "mask ", "segm ", "seg ", "keypoint ", "kpt ", "3d ", "bev ")
    for name in ("ap", "map", "ar", "mar", "acc", "accuracy", "recall")
)
"""Scores at an overlap, between 0 and 1 or as a percentage: who asks for more finds less."""

_BY_DISTANCE = frozenset({"pck", "pckh", "mean pck", "mean", "auc pck", "3dpck"})
"""Scores within a distance: who allows for more finds more."""

_BY_GUESSES = frozenset({"recall", "r", "hit", "hits", "hr", "rank", "cmc", "ar", "mar", "cmc rank"})
"""Scores among so many guesses: who makes more finds more."""

_WITHIN = lazy_regex(r"^(?:a|delta|δ) ?(?:<? ?1\.25\^)?(?P<at>[123])$")
"""Shares of depths within a factor of 1.25, of its square and of its cube."""

_NEVER_ABOVE = {
    "mean@0.1": ("mean",),  # PCKh at 0.5 is called the mean
    "miou": ("macc", "mdice", "mrecall", "mprecision", "mfscore"),
    "iou": ("dice", "acc"),
    "pq": ("sq", "rq"),
}
"""Scores that are a part of others in the same evaluation: of IoU's fraction the denominator is the larger."""


class Rank(NamedTuple):
    """A score among others of its kind.

    Attributes:
        kind: What it shares with those that it can be compared with.
        at: Its place: of two of a kind the one with the larger place is not below the other.
        averaged: Whether it is the mean over the overlaps 0.5 to 0.95, which is never above that at 0.5.
    """

    kind: str
    at: float
    averaged: bool = False


@lru_cache(maxsize=4096)
def rank_of(name: str) -> Rank | None:
    """The place of a metric's name among others of its kind, `None` where it has none.

    >>> rank_of("AP@0.75"), rank_of("AP50"), rank_of("PCK@0.2"), rank_of("Recall@5")
    (Rank(kind='ap', at=-0.75, averaged=False), Rank(kind='ap', at=-0.5, averaged=False), \
Rank(kind='pck', at=0.2, averaged=False), Rank(kind='recall of guesses', at=5.0, averaged=False))
    >>> rank_of("box AP"), rank_of("FID50k"), rank_of("mAP@10")
    (Rank(kind='box ap', at=0.0, averaged=True), None, None)
    """
    folded = fold(name)
    averaged = _AVERAGED.match(folded)
    if averaged is not None:
        return Rank(averaged["base"], 0.0, averaged=True)
    within = _WITHIN.match(folded)
    if within is not None:
        return Rank("delta", float(within["at"]))
    match = _SCORE.match(folded)
    if match is None:
        return None
    base, text = match["base"].strip(), match["at"]
    at = float(text)
    if base in _BY_OVERLAP:
        if "." in text and 0 < at < 1:
            return Rank(base, -at)
        if text in ("25", "50", "70", "75", "90", "95") and base not in ("acc", "accuracy", "recall", "ar", "mar"):
            return Rank(base, -at / 100)
    if base in _BY_DISTANCE and 0 < at < 1:
        return Rank(base, at)
    if base in _BY_GUESSES and "." not in text and 1 <= at <= 10_000:
        return Rank(f"{base} of guesses", at)
    return None


def never_above(name: str) -> tuple[str, ...]:
    """The scores, folded, that this one cannot exceed in the same evaluation.

    >>> never_above("mIoU")
    ('macc', 'mdice', 'mrecall', 'mprecision', 'mfscore')
    """
    return _NEVER_ABOVE.get(fold(name), ())
