"""From a model's answers to the outcomes of its claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from registry.evidence.rejudge.evaluated import Circumstances
from registry.evidence.rejudge.score import ScoreJudgement, judge_score
from registry.numbers import percent
from registry.types import Claim, Measurement, PredictionsError, Unverifiable, Verdict
from registry.verify.accuracy.answer import EvaluatedModel
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.permutation import Renumbered, renumbering, ties, trivial
from registry.verify.basis import asks_average, basis, evaluation_digest
from registry.verify.datasets.dataset import GUESSED
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.plugins import first_line, releases
from registry.verify.tasks import Classification, Score

_LISTED = 100
"""Samples that could not be read that a record names."""


def outcomes(
    entry: EvaluatedModel, options: EvaluationOptions, claims: Sequence[Claim] | None = None
) -> Iterator[Outcome]:
    """One outcome for each claim, or for some of them."""
    trial, failure = entry.trial, entry.contestant.failure
    claims = trial.question.claims if claims is None else claims
    bound = entry.digests
    if failure:
        reason = f"the model failed on {trial.dataset.name}: {failure}"
        for claim in claims:
            verdict: Verdict = "unverifiable" if entry.contestant.unverifiable else "error"
            yield Outcome(claim=claim, verdict=verdict, reason=reason, digests=bound)
        return
    if entry.contestant.nothing_read:
        reason = "; ".join([f"no sample of {trial.dataset.name} could be read", *_notes(entry)])
        yield from (Outcome(claim=claim, verdict="error", reason=reason, digests=bound) for claim in claims)
        return
    gatherer = entry.contestant.gatherer
    if gatherer.answered and gatherer.not_numbers == gatherer.answered:
        samples = f"all {gatherer.answered} samples of {trial.dataset.name}"
        reason = f"the model answers {samples} with NaN, which is no number"
        yield from (Outcome(claim=claim, verdict="error", reason=reason, digests=bound) for claim in claims)
        return
    details, class_order = _details(entry, options), _class_order(entry)
    for claim in claims:
        try:
            score, circumstances = _score(entry, claim)
        except (PredictionsError, Unverifiable) as error:
            yield unverifiable(claim, error.message)
            continue
        circumstances = replace(
            circumstances,
            overrides=options.overrides,
            complete=trial.identity.complete,
            subset=trial.identity.subset,
            class_order=class_order,
            trivial=trivial(claim.subject, len(trial.dataset.classes)),
        )
        judgement, drawn = judge(claim, score, circumstances), circumstances.population is not None
        yield Outcome(
            claim=claim,
            verdict=judgement.verdict,
            reason="; ".join([judgement.reason, *_notes(entry)]),
            measurement=Measurement(
                value=score.value,
                method="evaluate",
                samples=score.samples,
                interval=score.interval,
                details={**details, **score.details, **_kept(score, judgement), **circumstances.as_details()},
            ),
            digests={
                **bound,
                "evaluation": evaluation_digest(
                    options.precision, drawn=drawn, average=asks_average(trial.question.model)
                ),
            },
        )


def score_of(entry: EvaluatedModel, claim: Claim) -> Score:
    """A metric of everything that a model predicted.

    Raises:
        Unverifiable: It cannot be taken; a plug-in's task may raise anything.
    """
    try:
        gatherer = entry.contestant.gatherer
        return gatherer.score(gatherer.task.subject(claim))
    except (PredictionsError, Unverifiable):
        raise
    except Exception as error:
        raise Unverifiable(f"the task '{entry.trial.question.task}' fails: {first_line(error)}") from error


def _speed(entry: EvaluatedModel) -> dict[str, Any]:
    """What the next plan learns from: seconds of this model's answers, and of the pass for its samples."""
    contestant = entry.contestant
    return {"answering": round(contestant.answering, 3), "reading": round(contestant.reading, 3)}


def _score(entry: EvaluatedModel, claim: Claim) -> tuple[Score, Circumstances]:
    """What the answers come to, and under which circumstances."""
    if entry.sampling is not None:
        decided = entry.sampling.decided(claim)
        if decided is not None:
            return decided
    score = score_of(entry, claim)
    gatherer = entry.contestant.gatherer
    tied = ties(gatherer.kept(), gatherer.task.subject(claim)) if isinstance(gatherer.task, Classification) else (0, 0)
    return score, Circumstances(unreadable_count=len(entry.contestant.unreadable), ties=tied)


def _class_order(entry: EvaluatedModel) -> str:
    """How the order of the classes is known; a guess is confirmed where no other explains the answers better."""
    how = entry.trial.identity.class_order
    if how != GUESSED or not isinstance(entry.contestant.gatherer.task, Classification):
        return how
    return GUESSED if renumbered(entry) is not None else "sorted"


def renumbered(entry: EvaluatedModel) -> Renumbered | None:
    """Another numbering of the classes that explains a classifier's answers clearly better, if there is one."""
    try:
        predictions = entry.contestant.gatherer.kept()
    except Unverifiable:
        return None
    labels, best = predictions.arrays["labels"], predictions.arrays["top"][:, 0]
    return renumbering(labels, best, len(entry.trial.dataset.classes), entry.contestant.gatherer.outputs)


def _kept(score: Score, judgement: ScoreJudgement) -> dict[str, Any]:
    """The whole numbers behind a share, from which its verdict can be found again."""
    right = {} if score.right is None else {"right": score.right}
    return right if judgement.difference is None else {**right, "difference_in_samples": judgement.difference}


def _notes(entry: EvaluatedModel) -> Iterator[str]:
    if entry.loaded.note:
        yield entry.loaded.note
    target = entry.trial.target
    if target.only_on and target.runs is not None:
        yield f"the model ran quantized, on the {target.only_on} alone"
    if entry.contestant.runner.uncompiled:
        yield f"run without torch.compile, which failed: {entry.contestant.runner.uncompiled}"
    gatherer = entry.contestant.gatherer
    if gatherer.not_numbers:
        yield f"{gatherer.not_numbers} of {gatherer.answered} answers are NaN, which is no number, and count as wrong"
    if entry.trial.identity.repeated:
        yield f"{entry.trial.identity.repeated} of its samples are equal to another one"
    if entry.contestant.unreadable:
        names = [entry.trial.dataset.names[index] for index in sorted(entry.contestant.unreadable)]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        why = entry.contestant.unreadable[min(entry.contestant.unreadable)]
        yield f"{len(names)} could not be read: {', '.join(names[:3])}{more}{f' ({why})' if why else ''}"


def _details(entry: EvaluatedModel, options: EvaluationOptions) -> dict[str, Any]:
    trial, state, unreadable = entry.trial, entry.loaded.state, entry.contestant.unreadable
    details: dict[str, Any] = {
        "dataset": trial.dataset.name,
        "task": trial.question.task,
        "preprocessing": trial.inputs.as_dict(),
        "precision": options.precision,
        "model": f"{trial.target.library}:{trial.target.name}",
        "found": trial.target.how,
        "weights": entry.loaded.fetched.url,
        "speed": _speed(entry),
    }
    if set_up_from := basis(trial.question.model, options.preprocessing):
        details["basis"] = set_up_from
    if trial.identity.contents:
        details["contents"] = trial.identity.contents
    if entry.plugins:
        details["plug-ins"] = {"entries": entry.plugins, "versions": releases(entry.plugins)}
    if options.compiled:
        details["compiled"] = not entry.contestant.runner.uncompiled
    if state.stored:
        details["stored"] = state.stored
    if about := getattr(trial.dataset, "about", None):
        details["data"] = dict(about)
    if state.steps:
        details["unwrapped"] = list(state.steps)
    if state.has_average:
        details["average"] = state.average
    if unreadable:
        details["unreadable"] = {
            trial.dataset.names[index]: unreadable[index] for index in sorted(unreadable)[:_LISTED]
        }
    return details


USUAL = Circumstances()


def judge(claim: Claim, score: Score, circumstances: Circumstances = USUAL) -> ScoreJudgement:
    """Hold a score against a claim."""
    facts = circumstances.facts(
        claim.subject, value=score.value, samples=score.samples, interval=score.interval, right=score.right
    )
    return judge_score(claim.reported, facts)


def measured(score: Score) -> str:
    """A score in words."""
    if score.right is None:
        return f"{percent(score.value)} over {score.samples} samples"
    return f"{score.right} of {score.samples} samples, {percent(score.value)}"
