"""Answers that hang on a tie: several classes share the score that decides, and which is named first is arbitrary."""

from __future__ import annotations

import re

import numpy as np

from registry.verify.predictions import KeptPredictions

_SUBJECT = re.compile(r"(?:top-(?P<k>\d+)-)?(?P<what>accuracy|error)")


def ties(kept: KeptPredictions, subject: str) -> tuple[int, int]:
    """How many samples that count may not, and how many others may, were ties decided otherwise.

    Args:
        kept: A classifier's best answers with their scores.
        subject: The metric.
    """
    match = _SUBJECT.fullmatch(subject)
    k, top, scores = _best(match), kept.arrays["top"], kept.arrays["scores"]
    if match is None or k >= top.shape[1]:
        return 0, 0
    named = top == kept.arrays["labels"][:, None]
    score = np.where(named.any(axis=1), np.where(named, scores, -np.inf).max(axis=1), scores[:, -1])
    last = scores[:, k - 1]
    tied = (top[:, 0] >= 0) & (scores[:, k] == last) & (score == last)
    right = named[:, :k].any(axis=1)
    fewer, more = int((tied & right).sum()), int((tied & ~right).sum())
    return (fewer, more) if match["what"] == "accuracy" else (more, fewer)


def trivial(subject: str, classes: int) -> str:
    """Why any model would score so, as a clause; empty where it would not."""
    match = _SUBJECT.fullmatch(subject)
    k = _best(match)
    if match is None or not 0 < classes <= k or k == 1:
        return ""
    return f"any model has the right class among its best {k} of {classes} classes"


def _best(match: re.Match[str] | None) -> int:
    return 1 if match is None else int(match["k"] or 1)
