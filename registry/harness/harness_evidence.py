"""Evidence from what another harness measured."""

from __future__ import annotations

import math
from typing import Any

from registry.evidence.rejudge.imported import judge_imported
from registry.evidence.rejudge.sampling import Z95
from registry.harness.harness_names import aliases, metric
from registry.harness.lead import lead
from registry.harness.log import HarnessResult
from registry.harness.match import Matched
from registry.types import Claim, Evidence, Measurement, Quantity

_HITS = frozenset({"accuracy", "normalized_accuracy", "exact_match", "mc1", "top_1_accuracy", "pass_at_1"})
"""Metrics that are a share of samples."""

_ROUNDED = 1e-6
"""By how much a mean may miss that of the samples."""

_WHOLE = frozenset({"lm-eval", "mteb", "inspect-ai"})
"""Harnesses that take all samples of a split, or say that they did not."""


def evidence_of(matched: Matched, *, method: str, environment: dict[str, str], time: str) -> Evidence:
    """A claim with what a harness measured of it, judged.

    Args:
        matched: The claim and the number.
        method: Who ran the harness: `imported.IMPORTED` or `imported.RUN`.
        environment: Versions; those that the log names are added.
        time: Of the record.
    """
    claim, result, log = matched.claim, matched.result, matched.log
    value, factor, how = in_unit_of(claim, result)
    interval = None if result.stderr is None else _interval(value, result.stderr * factor)
    details = _details(matched, value, how)
    judged = judge_imported(claim.reported, value=value, samples=result.samples, interval=interval, details=details)
    harness = " ".join(part for part in (log.harness, log.version) if part)
    whose = (
        f"imported: measured by {log.harness}, not by mir" if method == "import" else f"measured by us with {harness}"
    )
    versions = {log.harness: log.version} if log.version else {}
    return Evidence(
        claim=claim,
        verdict=judged.verdict,
        reason=f"{whose}: {judged.reason}",
        measurement=Measurement(value=value, method=method, samples=result.samples, interval=interval, details=details),
        digests={"claim": claim.digest, "log": log.digest},
        environment={**environment, **log.environment, **versions},
        time=time,
    )


def in_unit_of(claim: Claim, result: HarnessResult) -> tuple[float, float, str]:
    """A harness's number in a claim's unit, the factor to it, and what was done beyond scaling.

    Harnesses give shares as fractions or in percentage points, and cards print either; which of both a number is shows
    by which lies nearer to the card's, since a factor of a hundred lies between them.
    """
    reported, value, how = claim.reported, result.value, ""
    leads = lead(claim)
    chance = aliases()["chance"].get(leads.task) if leads is not None else None
    factor = 1.0
    if chance is not None and not result.percent:
        value, factor = max(0.0, (value - chance) / (1 - chance)), 1 / (1 - chance)
        how = f"rescaled between {chance:g} and 1, as the Open LLM Leaderboard does"
    scale = _scale(reported, value, percent=result.percent)
    return value * scale, factor * scale, how


def _scale(reported: Quantity, value: float, *, percent: bool | None) -> float:
    if reported.unit == "1":
        return 0.01 if percent or (percent is None and abs(value) > 1) else 1.0
    if reported.unit or percent or abs(value) > 1 or not value or not reported.value:
        return 1.0
    return min((1.0, 100.0), key=lambda scale: abs(math.log(abs(value) * scale / abs(float(reported.value)))))


def _interval(value: float, stderr: float) -> tuple[float, float]:
    return value - Z95 * stderr, value + Z95 * stderr


def _details(matched: Matched, value: float, how: str) -> dict[str, Any]:
    result, log = matched.result, matched.log
    details: dict[str, Any] = {
        "harness": log.harness,
        "harness_version": log.version,
        "commit": log.commit,
        "task": result.task,
        "task_version": result.task_version,
        "metric": result.metric,
        "filter": result.filter,
        "few_shot": result.few_shot,
        "dataset": result.dataset,
        "config": result.config,
        "split": result.split,
        "dataset_revision": result.revision,
        "model": log.model,
        "model_revision": log.revision,
        "log": log.file,
        "measured": log.date,
        "logged": result.value,
        "rescaled": how,
        "notes": list(log.notes),
        "right": _right(matched.claim, result, value),
        "complete": log.harness in _WHOLE or None,
        "part": _part(result),
        "doubt": "; ".join(matched.doubts),
    }
    return {name: value for name, value in details.items() if value not in (None, "", [])}


def _right(claim: Claim, result: HarnessResult, value: float) -> int | None:
    """How many samples count, where the number is a share of them."""
    samples = result.samples
    if not samples or result.parts or claim.reported.unit != "1" or metric(result.metric) not in _HITS:
        return None
    nearest = round(value * samples)
    return nearest if 0 <= nearest <= samples and abs(value * samples - nearest) <= 1e-6 * samples else None


def _part(result: HarnessResult) -> str:
    """Why a number is none of all of the data, empty where nothing says so."""
    if result.sample_mean is not None and abs(result.sample_mean - result.value) > _ROUNDED:
        return f"the samples logged beside it come to {result.sample_mean:.6g}, not {result.value:.6g}: one was altered"
    if result.all_samples is None:
        return ""
    of = f" of {result.all_samples}" if result.all_samples else ""
    return f"the harness took only {result.samples or 'some'}{of} samples, so that this is no verdict on the card"
