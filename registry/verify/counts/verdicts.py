"""From what a model counts to the verdict on each of its claims."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from registry.types import Claim, Measurement, Verdict, WeightsError
from registry.verify.blocks import by_block
from registry.verify.builders.library import read_clues
from registry.verify.counts.counted_model import CountedModel
from registry.verify.counts.diagnose import Sibling, diagnose_flops, diagnose_parameters
from registry.verify.counts.filesize import AskSize, judge_bounds, judge_size, local_size
from registry.verify.counts.judge import Candidate, CountJudgement, Support, judge
from registry.verify.counts.siblings import Siblings
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.parameters import readings
from registry.verify.target import Target

SHOWN = 12
"""How many of the rules that fit are kept in a measurement's details."""


def outcomes(entry: CountedModel, siblings: Siblings, ask_size: AskSize | None) -> Iterator[Outcome]:
    """The verdict on every claim of one model, in their order.

    Args:
        entry: The model, resolved and counted as far as it can be.
        siblings: All models of the run.
        ask_size: Asks a URL for its size; without it no network is used.
    """
    near = siblings.near(entry)
    for claim in entry.claims:
        if claim.subject == "file-size":
            yield _file_size(entry, claim, near, ask_size)
        elif entry.counted is None:
            yield _uncounted(entry, claim)
        elif claim.subject == "parameters":
            yield _judge_parameters(entry, claim, near)
        else:
            yield _judge_flops(entry, claim, siblings.support(entry), near)


def model_digest(target: Target) -> str:
    """Which model of which version of which library was counted; `sha256:<hex>`."""
    text = "\n".join((target.library, target.version, target.name))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _uncounted(entry: CountedModel, claim: Claim) -> Outcome:
    if entry.failed:
        return Outcome(claim=claim, verdict="error", reason=entry.problem)
    return unverifiable(claim, entry.problem)


def _judge_parameters(entry: CountedModel, claim: Claim, siblings: Sequence[Sibling]) -> Outcome:
    for reading, note in readings(claim.reported):
        for way, count in entry.parameters.items():
            if reading.holds(count):
                reason = f"the model has {count} ({way}){f'; {note}' if note else ''}"
                return _outcome(entry, claim, "reproduced", reason, _parameters(entry, count, way))
    why = diagnose_parameters(
        claim.reported,
        entry.parameters,
        candidates=entry.candidates,
        flops=[other.reported for other in entry.of("flops")],
        siblings=siblings,
    )
    way, count = next(iter(entry.parameters.items()))
    reason = f"the model has {count} ({way}), not {claim.reported}: {why}"
    return _outcome(entry, claim, "refuted", reason, _parameters(entry, count, way))


def _judge_flops(entry: CountedModel, claim: Claim, support: Support, siblings: Sequence[Sibling]) -> Outcome:
    assert entry.counted is not None
    if entry.target is not None and entry.target.uncountable:
        return unverifiable(claim, entry.target.uncountable, _digests(entry))
    found = judge(claim.reported, entry.candidates, support)
    nearest = found.nearest
    if nearest is None:
        return unverifiable(claim, "; ".join(entry.counted.failures) or "nothing could be counted")
    if not found.fits:
        why = diagnose_flops(claim.reported, found.ranked, parameters=entry.parameters, siblings=siblings)
        reason = f"no convention reproduces {claim.reported}: {why}"
        return _outcome(entry, claim, "refuted", reason, _flops(entry, found, nearest))
    if not found.accepted:
        reason = (
            f"{claim.reported} is printed too coarsely to tell: {nearest} fits, but so would {found.chance:.1%} of "
            f"other models' numbers under a rule at least as likely"
        )
        return Outcome(
            claim=claim,
            verdict="unverifiable",
            reason=reason,
            measurement=_flops(entry, found, nearest),
            digests=_digests(entry),
        )
    exact = "exactly this" if not claim.reported.half_width else str(nearest.value)
    near, far = support.of(nearest.rule)
    count = near or far
    others = f", as it does for {count} other number{'s' * (count > 1)}" if count else ""
    notes = filter(None, (_omission(nearest, entry.candidates), found.note))
    reason = "; ".join((f"{nearest} counts {exact}{others}", *notes))
    return _outcome(entry, claim, "reproduced", reason, _flops(entry, found, nearest))


def _omission(chosen: Candidate, candidates: Sequence[Candidate]) -> str:
    """A warning where a convention left most of the model out."""
    macs = next((each.value for each in candidates if each.size == chosen.size and each.rule.convention == "MACs"), 0)
    if 2 * chosen.value >= macs:
        return ""
    names = ", ".join(name.rpartition(".")[2] for name in chosen.uncounted)
    return f"it leaves out {names or 'most of the model'}, which has {macs} MACs"


def _file_size(entry: CountedModel, claim: Claim, near: Sequence[Sibling], ask_size: AskSize | None) -> Outcome:
    url = read_clues(entry.model).weights
    size = local_size(entry.model, url)
    if size is not None:
        return judge_size(claim, size, "the file beside the card", {})
    problem = "--ask-sizes asks the host"
    if ask_size is not None and url:
        try:
            return judge_size(claim, ask_size(url), "the host's answer", {})
        except WeightsError as error:
            problem = error.message
    if entry.counted is None:
        return unverifiable(claim, f"neither was the host asked ({problem}) nor the model built: {entry.problem}")
    siblings = {other.name: other.ledger for other in near}
    return judge_bounds(claim, entry.counted.ledger, _digests(entry), advice=problem, siblings=siblings)


def _outcome(entry: CountedModel, claim: Claim, verdict: Verdict, reason: str, measurement: Measurement) -> Outcome:
    return Outcome(claim=claim, verdict=verdict, reason=reason, measurement=measurement, digests=_digests(entry))


def _digests(entry: CountedModel) -> dict[str, str]:
    return {} if entry.target is None else {"model": model_digest(entry.target)}


def _parameters(entry: CountedModel, count: int, way: str) -> Measurement:
    assert entry.counted is not None
    blocks = by_block({layer.path: layer.parameters for layer in entry.counted.ledger.layers})
    # Pairs, because a record sorts the keys of its objects, and layers have an order.
    details = {**_model(entry), "counts": dict(entry.parameters), "by_layer": [list(pair) for pair in blocks.items()]}
    return Measurement(value=count, method="count", convention=way, details=details)


def _flops(entry: CountedModel, found: CountJudgement, nearest: Candidate) -> Measurement:
    details = {
        **_model(entry),
        "input": list(nearest.size),
        "input_rule": nearest.rule.input,
        "unit": nearest.unit,
        "uncounted": list(nearest.uncounted),
        "fits": [str(each) for each in found.fits[:SHOWN]],
        "tried": len(found.ranked),
        "by_layer": _by_layer(entry, nearest),
    }
    return Measurement(value=nearest.value, method="count", convention=str(nearest), details=details)


def _by_layer(entry: CountedModel, nearest: Candidate) -> list[list[str | int]]:
    """The multiply-adds of each part of the model, on the input that was found."""
    assert entry.counted is not None
    for each in entry.counted.candidates:
        if each.by_layer and (each.size, each.rule.variant) == (nearest.size, nearest.rule.variant):
            return [list(pair) for pair in each.by_layer]
    return []


def _model(entry: CountedModel) -> dict[str, Any]:
    assert entry.target is not None
    assert entry.counted is not None
    return {
        "builder": f"{entry.target.library}:{entry.target.name}",
        "resolved": entry.target.how,
        "versions": dict(entry.counted.versions),
    }
