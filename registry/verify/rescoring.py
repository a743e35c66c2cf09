"""Metrics taken again from kept predictions: no model, no data, no GPU, no torch."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from registry.evidence import Store, digests
from registry.evidence.rejudge import contradictions
from registry.files import reason
from registry.types import Evidence, PredictionsError
from registry.verify.answers import RightAnswers
from registry.verify.predictions import LARGEST, KeptPredictions, parse
from registry.verify.tasks import score_of

Result = Literal["same", "differs", "unreadable"]

_BOUND = ("weights", "dataset", "preprocessing")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rescored:
    """One record whose predictions were kept.

    Attributes:
        evidence: The record.
        result: Whether its measurement follows from the predictions; `unreadable` where that cannot be said.
        value: The metric taken again.
        right: For shares of samples, how many count.
        samples: How many samples there are.
        reason: Why not, where it is not the same.
        predictions: What it was taken from.
        held: Whether the right answers in the predictions were held against the data set itself.
        gone: Whether the predictions are not there any more.
    """

    evidence: Evidence
    result: Result
    value: float | None = None
    right: int | None = None
    samples: int | None = None
    reason: str = ""
    predictions: KeptPredictions | None = None
    held: bool = False
    gone: bool = False


def rescore(store: Store, answers: RightAnswers | None = None) -> Iterator[Rescored]:
    """Every record of a store whose predictions were kept, scored and judged again."""
    for evidence in store.records():
        record = rescored(store, evidence, answers)
        if record is not None:
            yield record


def rescored(store: Store, evidence: Evidence, answers: RightAnswers | None = None) -> Rescored | None:
    """One record scored and judged again; `None` where no predictions were kept.

    Args:
        store: Where the predictions are.
        evidence: The record.
        answers: The data sets that are at hand, whose own answers those in the predictions must be.
    """
    measurement = evidence.measurement
    reference = None if measurement is None else measurement.details.get("predictions")
    if measurement is None or reference is None:
        return None
    try:
        predictions = _load(store, reference, evidence)
        score = score_of(_drawn(predictions, evidence), evidence.claim)
        other = None if answers is None else answers.compare(evidence, predictions)
    except PredictionsError as error:
        gone = isinstance(error.__cause__, FileNotFoundError)
        return Rescored(evidence=evidence, result="unreadable", reason=str(error), gone=gone)
    # A share of samples is their whole number divided by it; what is compared may have been a 32-bit float.
    same = abs(score.value - measurement.value) < min(1e-6, 0.5 / score.samples) * max(1.0, abs(score.value))
    difference = "" if same else f"the record says {measurement.value:.6g}, the predictions give {score.value:.6g}"
    reasons = [reason_found for reason_found in (difference, other, *contradictions(evidence)) if reason_found]
    return Rescored(
        evidence=evidence,
        result="differs" if reasons else "same",
        value=score.value,
        right=score.right,
        samples=score.samples,
        reason="; ".join(reasons),
        predictions=predictions,
        held=other is not None,
    )


def altered(store: Store, evidence: Evidence) -> str:
    """Why a record does not follow from the predictions that were kept; empty where it does, or none are left."""
    score = rescored(store, evidence)
    return "" if score is None or score.result == "same" or score.gone else score.reason


def _drawn(predictions: KeptPredictions, evidence: Evidence) -> KeptPredictions:
    """The predictions that a claim was decided by: where samples were drawn, those that were drawn until then."""
    measurement = evidence.measurement
    if measurement is None or "population" not in measurement.details:
        return predictions
    first = slice(0, measurement.samples)
    return replace(
        predictions,
        samples=predictions.samples[first],
        arrays={name: array[first] for name, array in predictions.arrays.items()},
    )


def _load(store: Store, reference: Any, evidence: Evidence) -> KeptPredictions:
    """The predictions that a record refers to, if they are the very ones.

    Raises:
        PredictionsError: They are not there, were changed, or are of another model or other data.
    """
    if not isinstance(reference, dict) or not isinstance(reference.get("file"), str):
        raise PredictionsError("the record does not say where its predictions are")
    name = reference["file"]
    if not store.is_inside(name):
        raise PredictionsError(f"the record's predictions are outside of its folder: {name}")
    try:
        data = store.files.read(name, LARGEST)
    except OSError as error:
        raise PredictionsError(f"{name} cannot be read: {reason(error)}") from error
    if len(data) > LARGEST or digests.of_bytes(data) != reference.get("digest"):
        raise PredictionsError(f"{name} is not the file that was kept: its digest is another")
    predictions = parse(io.BytesIO(data), str(store.folder / name))
    for bound in _BOUND:
        if predictions.digests.get(bound) != evidence.digests.get(bound):
            raise PredictionsError(f"{name} was made with other {bound} than the record's")
    return predictions
