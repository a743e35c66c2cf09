"""Verify what cards say of parameters, FLOPs and file sizes: many models, in processes, siblings as evidence."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from registry.types import Claim, Measurement, MirError, Model, WeightsError
from registry.verify.builders import resolve
from registry.verify.builders.library import read_clues
from registry.verify.counts.cache import TraceCache
from registry.verify.counts.diagnose import Sibling, diagnose_flops, diagnose_parameters
from registry.verify.counts.filesize import AskSize, judge_bounds, judge_size, local_size
from registry.verify.counts.inputs import candidate_inputs
from registry.verify.counts.judge import Candidate, Judgement, Rule, Support, judge
from registry.verify.counts.measure import Counted, Job, count_model
from registry.verify.counts.processes import Failure, Limits, run
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.parameters import readings, variants
from registry.verify.target import Target

SUBJECTS = frozenset({"parameters", "flops", "file-size"})
"""What is counted here."""

Progress = Callable[[int, int, str], None]
"""Called with how many models are done, how many there are, and the name of the one just done."""

SHOWN = 12
"""How many of the rules that fit are kept in a measurement's details."""


@dataclass(kw_only=True)
class _Entry:
    """One model on its way to its outcomes."""

    model: Model
    claims: tuple[Claim, ...]
    target: Target | None = None
    counted: Counted | None = None
    problem: str = ""
    failed: bool = False
    parameters: Mapping[str, int] = field(default_factory=dict)

    def of(self, subject: str) -> list[Claim]:
        return [claim for claim in self.claims if claim.subject == subject]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return () if self.counted is None else self.counted.candidates

    def is_near(self, other: _Entry) -> bool:
        """Whether the two stand in one file or one collection: their numbers were counted by the same people."""
        mine, theirs = self.model, other.model
        return mine.file == theirs.file or (mine.collection is not None and mine.collection == theirs.collection)


def verify_counts(
    models: Sequence[tuple[Model, Sequence[Claim]]],
    *,
    jobs: int | None = None,
    limits: Limits | None = None,
    cache: Path | None = None,
    ask_size: AskSize | None = None,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """Count every model and judge its claims.

    Args:
        models: Models with their claims; claims of other subjects than `SUBJECTS` are left out.
        jobs: Number of processes; one for each core where `None`, none at all (and no limits) where 0.
        limits: Time and memory that one model may use.
        cache: Folder for traces; `None` keeps none.
        ask_size: Asks a URL for its size; without it no network is used.
        progress: Called as models are done.

    Yields:
        One outcome for each claim, in the order of `models`, once all are counted: siblings are evidence.
    """
    entries = [
        _Entry(model=model, claims=tuple(claim for claim in claims if claim.subject in SUBJECTS))
        for model, claims in models
    ]
    _measure(entries, _cores() if jobs is None else jobs, limits or Limits(), cache, progress)
    fits = _fits(entries)
    for entry in entries:
        yield from _outcomes(entry, entries, fits, ask_size)


def model_digest(target: Target) -> str:
    """Which model of which version of which library was counted; `sha256:<hex>`."""
    text = "\n".join((target.library, target.version, target.name))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _measure(
    entries: Sequence[_Entry], workers: int, limits: Limits, cache: Path | None, progress: Progress | None
) -> None:
    work: list[_Entry] = []
    done = 0
    for entry in entries:
        try:
            entry.target = resolve(entry.model)
            work.append(entry)
        except MirError as error:
            entry.problem = error.message
            done += 1
    jobs = [_job(entry) for entry in work]
    for index, result in run(partial(_count, cache), jobs, workers=workers, limits=limits):
        entry = work[index]
        if isinstance(result, Failure):
            entry.problem, entry.failed = result.reason, not result.expected
        else:
            entry.counted, entry.parameters = result, variants(result.ledger)
        done += 1
        if progress is not None:
            progress(done, len(entries), entry.model.name)


def _count(folder: Path | None, job: Job) -> Counted:
    return count_model(job, TraceCache(folder))


def _job(entry: _Entry) -> Job:
    assert entry.target is not None
    flops = entry.of("flops")
    return Job(
        target=entry.target,
        inputs=candidate_inputs(entry.model, entry.target) if flops and not entry.target.uncountable else (),
        reported=tuple(claim.reported for claim in flops),
    )


Fits = Mapping[Rule, Sequence[tuple[_Entry, Any]]]


def _fits(entries: Sequence[_Entry]) -> Fits:
    """By rule, the models whose number it reproduces, each with the number."""
    found: defaultdict[Rule, list[tuple[_Entry, Any]]] = defaultdict(list)
    for entry in entries:
        for claim in entry.of("flops"):
            for each in entry.candidates:
                if claim.reported.holds(each.value):
                    found[each.rule].append((entry, claim.reported.value))
    return found


def _support(entry: _Entry, fits: Fits) -> Support:
    """What each rule explains besides this model; equal numbers count once, for they prove nothing twice."""
    own = {claim.reported.value for claim in entry.of("flops")}
    near, far = {}, {}
    for rule in {each.rule for each in entry.candidates}:
        others = [(other, value) for other, value in fits.get(rule, ()) if value not in own]
        near[rule] = len({value for other, value in others if entry.is_near(other)})
        far[rule] = len({value for _, value in others})
    return Support(near=near, far=far)


def _outcomes(entry: _Entry, entries: Sequence[_Entry], fits: Fits, ask_size: AskSize | None) -> Iterator[Outcome]:
    near = [other for other in entries if other is not entry and other.counted is not None and entry.is_near(other)]
    siblings = [
        Sibling(name=other.model.name, parameters=other.parameters, candidates=other.candidates) for other in near
    ]
    for claim in entry.claims:
        if claim.subject == "file-size":
            yield _file_size(entry, claim, near, ask_size)
        elif entry.counted is None:
            yield _uncounted(entry, claim)
        elif claim.subject == "parameters":
            yield _judge_parameters(entry, claim, siblings)
        else:
            yield _judge_flops(entry, claim, _support(entry, fits), siblings)


def _uncounted(entry: _Entry, claim: Claim) -> Outcome:
    if entry.failed:
        return Outcome(claim=claim, verdict="error", reason=entry.problem)
    return unverifiable(claim, entry.problem)


def _judge_parameters(entry: _Entry, claim: Claim, siblings: Sequence[Sibling]) -> Outcome:
    for reading, note in readings(claim.reported):
        for way, count in entry.parameters.items():
            if reading.holds(count):
                reason = f"the model has {count} ({way}){f'; {note}' if note else ''}"
                return _outcome(entry, claim, "reproduced", reason, _parameters(entry, count, way))
    why = diagnose_parameters(claim.reported, entry.parameters, candidates=entry.candidates, siblings=siblings)
    way, count = next(iter(entry.parameters.items()))
    reason = f"the model has {count} ({way}), not {claim.reported}: {why}"
    return _outcome(entry, claim, "refuted", reason, _parameters(entry, count, way))


def _judge_flops(entry: _Entry, claim: Claim, support: Support, siblings: Sequence[Sibling]) -> Outcome:
    assert entry.counted is not None
    if entry.target is not None and entry.target.uncountable:
        return unverifiable(claim, entry.target.uncountable)
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
    reason = f"{nearest} counts {exact}{others}{f'; {found.note}' if found.note else ''}"
    return _outcome(entry, claim, "reproduced", reason, _flops(entry, found, nearest))


def _file_size(entry: _Entry, claim: Claim, near: Sequence[_Entry], ask_size: AskSize | None) -> Outcome:
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
    siblings = {other.model.name: other.counted.ledger for other in near if other.counted is not None}
    return judge_bounds(claim, entry.counted.ledger, _digests(entry), advice=problem, siblings=siblings)


def _outcome(entry: _Entry, claim: Claim, verdict: Any, reason: str, measurement: Measurement) -> Outcome:
    return Outcome(claim=claim, verdict=verdict, reason=reason, measurement=measurement, digests=_digests(entry))


def _digests(entry: _Entry) -> dict[str, str]:
    return {} if entry.target is None else {"model": model_digest(entry.target)}


def _parameters(entry: _Entry, count: int, way: str) -> Measurement:
    return Measurement(
        value=count, method="count", convention=way, details={**_model(entry), "counts": dict(entry.parameters)}
    )


def _flops(entry: _Entry, found: Judgement, nearest: Candidate) -> Measurement:
    details = {
        **_model(entry),
        "input": list(nearest.size),
        "input_rule": nearest.rule.input,
        "fits": [str(each) for each in found.fits[:SHOWN]],
        "tried": len(found.ranked),
    }
    return Measurement(value=nearest.value, method="count", convention=str(nearest), details=details)


def _model(entry: _Entry) -> dict[str, Any]:
    assert entry.target is not None
    assert entry.counted is not None
    return {
        "builder": f"{entry.target.library}:{entry.target.name}",
        "resolved": entry.target.how,
        "versions": dict(entry.counted.versions),
    }
