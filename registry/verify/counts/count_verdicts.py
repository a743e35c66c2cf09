"""From what a model counts to the verdict on each of its claims."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from registry.evidence.rejudge.count_chance import compared, first_fit
from registry.evidence.weights_beside import BESIDE
from registry.types import Claim, Measurement, Verdict, WeightsError
from registry.verify.builders.package import read_clues
from registry.verify.counts.count_diagnosis import diagnose_flops, diagnose_parameters
from registry.verify.counts.counted_model import CountedModel
from registry.verify.counts.filesize import AskSize, judge_bounds, judge_size, local_size
from registry.verify.counts.headers import ReadRemote, judge_header
from registry.verify.counts.judge import Candidate, CountJudgement, Support, flops_unit, judge
from registry.verify.counts.sibling_rules import Siblings
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.own_code import by_block
from registry.verify.plugins import builder_digest
from registry.verify.target import Target

SHOWN = 12
"""How many of the rules that fit are kept in a measurement's details."""


def outcomes(
    entry: CountedModel, siblings: Siblings, ask_size: AskSize | None, read_remote: ReadRemote | None = None
) -> Iterator[Outcome]:
    """The verdict on every claim of one model, in their order.

    Args:
        entry: The model, resolved and counted as far as it can be.
        siblings: All models of the run.
        ask_size: Asks a URL for its size; without it no network is used.
        read_remote: Reads a part of a file on a host; the same.
    """
    near = siblings.near(entry)
    for claim in entry.claims:
        if claim.subject == "file-size":
            yield _file_size(entry, claim, near, ask_size)
        elif entry.counted is None:
            headed = None
            if claim.subject == "parameters":
                headed = judge_header(entry.model, claim, entry.problem, read_remote)
            yield headed or _uncounted(entry, claim)
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


def _judge_parameters(entry: CountedModel, claim: Claim, siblings: Sequence[CountedModel]) -> Outcome:
    ways = list(entry.parameters.items())
    fit = first_fit(claim.reported, list(entry.parameters.values()))
    if fit is not None:
        way, count = ways[fit.place]
        measured = _parameters(entry, count, way, dict(ways[: fit.place + 1]), fit.chance)
        if fit.coarse:
            reason = f"{claim.reported} is printed too coarsely to tell: the {count} ({way}) fit, but {fit.coarse}"
            return _outcome(entry, claim, "unverifiable", reason, measured)
        reason = f"the model has {count} ({way}){f'; {fit.note}' if fit.note else ''}"
        return _outcome(entry, claim, "reproduced", reason, measured)
    why = diagnose_parameters(
        claim.reported,
        entry.parameters,
        candidates=entry.candidates,
        flops=[other.reported for other in entry.of("flops")],
        siblings=siblings,
    )
    way, count = ways[0]
    reason = f"the model has {count} ({way}), not {claim.reported}: {why}"
    return _outcome(entry, claim, "refuted", reason, _parameters(entry, count, way, dict(ways), 0.0))


def _judge_flops(entry: CountedModel, claim: Claim, support: Support, siblings: Sequence[CountedModel]) -> Outcome:
    assert entry.counted is not None
    judgement = judge(claim.reported, entry.candidates, support, unit=flops_unit(claim))
    nearest = judgement.nearest
    if nearest is None:
        return unverifiable(claim, "; ".join(entry.counted.failures) or "nothing could be counted")
    if not judgement.fits:
        why = diagnose_flops(
            claim.reported,
            judgement.ranked,
            excluded=judgement.excluded,
            parameters=entry.parameters,
            siblings=siblings,
        )
        reason = f"no convention reproduces {claim.reported}: {why}"
        return _outcome(entry, claim, "refuted", reason, _flops(entry, judgement, nearest))
    if not judgement.accepted:
        reason = (
            f"{claim.reported} is printed too coarsely to tell: {nearest} counts {nearest.value}, which fits, "
            f"but {judgement.coarse}"
        )
        return _outcome(entry, claim, "unverifiable", reason, _flops(entry, judgement, nearest))
    exact = "exactly this" if not claim.reported.half_width else str(nearest.value)
    near, far = support.of(nearest.rule)
    count = near or far
    others = f", as it does for {count} other number{'s' * (count > 1)}" if count else ""
    notes = filter(None, (nearest.run, _omission(nearest, entry.candidates), judgement.note))
    reason = "; ".join((f"{nearest} counts {exact}{others}", *notes))
    return _outcome(entry, claim, "reproduced", reason, _flops(entry, judgement, nearest))


def _omission(chosen: Candidate, candidates: Sequence[Candidate]) -> str:
    """A warning where a convention left most of the model out."""
    macs = next(
        (
            candidate.value
            for candidate in candidates
            if candidate.size == chosen.size and candidate.rule.convention == "MACs"
        ),
        0,
    )
    if 2 * chosen.value >= macs:
        return ""
    names = ", ".join(name.rpartition(".")[2] for name in chosen.uncounted)
    return f"it leaves out {names or 'most of the model'}, which has {macs} MACs"


def _file_size(entry: CountedModel, claim: Claim, near: Sequence[CountedModel], ask_size: AskSize | None) -> Outcome:
    url = read_clues(entry.model).weights
    size = local_size(entry.model, url)
    if size is not None:
        return judge_size(claim, size, BESIDE, {})
    problem = "--ask-sizes asks the host"
    if ask_size is not None and url:
        try:
            return judge_size(claim, ask_size(url), "the host's answer", {})
        except WeightsError as error:
            problem = error.message
    if entry.counted is None:
        return unverifiable(claim, f"neither was the host asked ({problem}) nor the model built: {entry.problem}")
    siblings = {other.model.name: other.counted.ledger for other in near if other.counted is not None}
    return judge_bounds(claim, entry.counted.ledger, _digests(entry), advice=problem, siblings=siblings)


def _outcome(entry: CountedModel, claim: Claim, verdict: Verdict, reason: str, measurement: Measurement) -> Outcome:
    return Outcome(claim=claim, verdict=verdict, reason=reason, measurement=measurement, digests=_digests(entry))


def _digests(entry: CountedModel) -> dict[str, str]:
    if entry.target is None:
        return {}
    return {"model": model_digest(entry.target), **builder_digest(entry.model)}


def _parameters(
    entry: CountedModel, count: int, way: str, compared_ways: Mapping[str, int], chance: float
) -> Measurement:
    assert entry.counted is not None
    blocks = by_block({layer.path: layer.parameters for layer in entry.counted.ledger.layers})
    # Pairs, because a record sorts the keys of its objects, and layers have an order.
    details = {
        **_model(entry),
        "counts": dict(entry.parameters),
        **compared(compared_ways, chance),
        "by_layer": [list(pair) for pair in blocks.items()],
    }
    return Measurement(value=count, method="count", convention=way, details=details)


def _flops(entry: CountedModel, judgement: CountJudgement, nearest: Candidate) -> Measurement:
    details = {
        **_model(entry),
        "input": list(nearest.size),
        "input_rule": nearest.rule.input,
        "unit": nearest.unit,
        "run": nearest.run or "the model without values",
        "uncounted": list(nearest.uncounted),
        "fits": [str(fit) for fit in judgement.fits[:SHOWN]],
        **compared({str(candidate): candidate.value for candidate in judgement.tried}, judgement.chance),
        "by_layer": _by_layer(entry, nearest),
        "conventions": _conventions(entry, nearest),
    }
    return Measurement(value=nearest.value, method="count", convention=str(nearest), details=details)


def _by_layer(entry: CountedModel, nearest: Candidate) -> list[list[str | int]]:
    """The multiply-adds of each part of the model, on the input that was found."""
    assert entry.counted is not None
    for candidate in entry.counted.candidates:
        if candidate.by_layer and (candidate.size, candidate.rule.variant) == (nearest.size, nearest.rule.variant):
            return [list(pair) for pair in candidate.by_layer]
    return []


def _conventions(entry: CountedModel, nearest: Candidate) -> list[list[str | int]]:
    """What every convention counts on the input that was found: its name, the count, and `MACs` or `FLOPs`."""
    matching = (
        candidate
        for candidate in entry.candidates
        if candidate.rule.factor == 1
        and (candidate.size, candidate.rule.variant) == (nearest.size, nearest.rule.variant)
    )
    return [
        list(row)
        for row in sorted({(candidate.rule.convention, candidate.value, candidate.unit) for candidate in matching})
    ]


def _model(entry: CountedModel) -> dict[str, Any]:
    assert entry.target is not None
    assert entry.counted is not None
    return {
        "builder": f"{entry.target.library}:{entry.target.name}",
        "resolved": entry.target.how,
        "versions": dict(entry.counted.versions),
    }
