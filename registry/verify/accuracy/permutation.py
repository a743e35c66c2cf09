"""Whether a model's answers are right under another numbering of the classes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from registry.verify.predictions import KeptPredictions
from registry.verify.tasks.classification import SUBJECT

Whole = npt.NDArray[np.integer]

_MORE = 0.05
"""Part of the samples that another numbering must get right beyond the one that was used."""

_MOST_CLASSES = 25_000
"""More classes than that make a table that fits no memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Renumbered:
    """A numbering of the classes under which more answers are right.

    Attributes:
        order: Which output means class 0, 1, ...
        right: How many of the samples that it was not learnt from are right under it.
        before: How many of those are right as the classes were numbered.
        samples: How many those are.
    """

    order: tuple[int, ...]
    right: int
    before: int
    samples: int


def renumbering(labels: Whole, answers: Whole, classes: int, outputs: int) -> Renumbered | None:
    """A one-to-one confusion of classes, learnt from every other sample and tried on the rest.

    Each class is given the output that most of its samples have, the clearest class first, no output twice. What is
    learnt from one half says nothing of the other by itself, so that a model that merely errs gains nothing.

    Args:
        labels: Right output of each sample, as the classes were numbered: class number `c` means output `c`.
        answers: Output with the highest score of each sample, negative where there is none.
        classes: How many classes the data has.
        outputs: How many outputs the model has.

    Returns:
        `None` where no other numbering is clearly better.
    """
    if len(labels) < 4 or classes < 2 or outputs > _MOST_CLASSES or classes > outputs:
        return None
    # Samples lie sorted by class, so that every other one halves each class too.
    learnt, test = slice(0, None, 2), slice(1, None, 2)
    answered = answers[learnt] >= 0
    pairs, counts = np.unique(
        np.stack([labels[learnt][answered], answers[learnt][answered]], 1), axis=0, return_counts=True
    )
    # Ties stay with the numbering that was used.
    ranked = np.lexsort((pairs[:, 0] != pairs[:, 1], -counts))
    order = np.full(classes, -1)
    taken: set[int] = set()
    for at in ranked:
        label, output = map(int, pairs[at])
        if label < classes and order[label] < 0 and output not in taken:
            order[label] = output
            taken.add(output)
    left = [output for output in range(outputs) if output not in taken]
    for label in map(int, np.flatnonzero(order < 0)):
        order[label] = label if label in left else left[0]
        left.remove(int(order[label]))
    now, then = order[labels[test]] == answers[test], labels[test] == answers[test]
    right, before, samples = int(now.sum()), int(then.sum()), len(labels[test])
    # McNemar's test of paired answers: chance alone gains three standard errors in one of a thousand models.
    if right - before <= max(_MORE * samples, 3 * math.sqrt((now != then).sum())):
        return None
    return Renumbered(order=tuple(map(int, order)), right=right, before=before, samples=samples)


def ties(predictions: KeptPredictions, subject: str) -> tuple[int, int]:
    """How many samples that count may not, and how many others may, were ties decided otherwise.

    Args:
        predictions: A classifier's best answers with their scores.
        subject: The metric.
    """
    k, top, scores = _looked_at(subject), predictions.arrays["top"], predictions.arrays["scores"]
    if not 0 < k < top.shape[1]:
        return 0, 0
    matches = top == predictions.arrays["labels"][:, None]
    score = np.where(matches.any(axis=1), np.where(matches, scores, -np.inf).max(axis=1), scores[:, -1])
    last = scores[:, k - 1]
    tied = (top[:, 0] >= 0) & (scores[:, k] == last) & (score == last)
    right = matches[:, :k].any(axis=1)
    fewer, more = int((tied & right).sum()), int((tied & ~right).sum())
    return (fewer, more) if subject.endswith("accuracy") else (more, fewer)


def trivial(subject: str, classes: int) -> str:
    """Why any model would score so, as a clause; empty where it would not."""
    k = _looked_at(subject)
    if k < 2 or not 0 < classes <= k:
        return ""
    return f"any model has the right class among its best {k} of {classes} classes"


def _looked_at(subject: str) -> int:
    """How many of a sample's best predictions a metric looks at; zero where it is no share of right samples."""
    match = SUBJECT.fullmatch(subject)
    return 0 if match is None else int(match["k"] or 1)
