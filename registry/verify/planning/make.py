"""Foretell a run: the run's own decisions and what they cost, without measuring, downloading or writing evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from registry.claims import ModelClaims
from registry.evidence import Store
from registry.evidence.rejudge import SETTLED
from registry.evidence.rejudge.imported import is_imported
from registry.types import Claim, Evidence, Verdict
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.datasets import canonical
from registry.verify.planning.model_sizes import Sizes, read_sizes
from registry.verify.planning.plan import Plan, Seen
from registry.verify.planning.planned_jobs import Foresight
from registry.verify.planning.throughput import seen
from registry.verify.tasks import unmeasured
from registry.verify.triage import Asked, Earlier, Measurer, share, triage


def make_plan(
    models: Sequence[ModelClaims],
    measurers: Sequence[Measurer],
    store: Store,
    options: EvaluationOptions,
    *,
    force: bool = False,
    wanted: Callable[[Claim], bool] = lambda _: True,
    enough: Callable[[Evidence], bool] = lambda _: True,
    here: bool = True,
) -> Plan:
    """What `registry.verify.run.verify` would do with the same arguments.

    Datasets are listed and digests of files taken as a run takes them, and remembered in the cache. Nothing else is
    written, and nothing is fetched. Time and memory are linear in the number of models.

    Args:
        models: Models with their claims.
        measurers: Ways to measure.
        store: Where evidence is kept.
        options: How models are evaluated.
        force: Whether fresh evidence is measured again, too.
        wanted: Which claims to settle.
        enough: Whether fresh evidence will do.
        here: Whether models are evaluated on this machine; else its lacking a dataset says nothing.
    """
    learnt = _Learnt(store=store, precision=options.precision, force=force)
    states = triage(models, measurers, store, force=force, wanted=wanted, enough=enough)
    claims_of = {id(model_claims.model): model_claims.claims for model_claims in models}
    for _, group in groupby(states, key=lambda state: id(state.model)):
        of_model = list(group)
        learnt.take(of_model, claims_of[id(of_model[0].model)])
    foresight = Foresight(options, learnt.sizes, learnt.samples, here=here)
    for state in learnt.open:
        if state.who is None:
            foresight.cannot(state.claim, unmeasured(state.claim))
    for index, measurer in enumerate(measurers):
        foresight.foretell(measurer.kind, share(learnt.open, index))
    hopeless = {id(rejection.claim) for rejection in foresight.hopeless}
    return Plan(
        models=len(models),
        reused=dict(learnt.reused),
        again=tuple((claim, why) for claim, why in learnt.again if id(claim) not in hopeless),
        cannot=tuple(foresight.hopeless),
        jobs=tuple(foresight.jobs),
        speeds=tuple(learnt.speeds),
    )


@dataclass(kw_only=True)
class _Learnt:
    """What a plan keeps of claims and evidence as they go by; a hundred thousand models' evidence fits no memory.

    Attributes:
        store: Where evidence is kept.
        precision: Arithmetic that the plan is for.
        force: Whether fresh evidence is measured again.
        sizes: Of each model by its name.
        samples: How many samples a dataset had when it was evaluated.
        speeds: Measured ones.
        reused: Claims that are settled, by verdict.
        open: Claims that are not, without their evidence.
        again: Why they are not.
    """

    store: Store
    precision: str
    force: bool
    sizes: dict[str, Sizes] = field(default_factory=dict)
    samples: dict[str, int] = field(default_factory=dict)
    speeds: list[Seen] = field(default_factory=list)
    reused: Counter[Verdict] = field(default_factory=Counter)
    open: list[Asked] = field(default_factory=list)
    again: list[tuple[Claim, str]] = field(default_factory=list)

    def take(self, states: Sequence[Asked], claims: Sequence[Claim]) -> None:
        """Learn from one model."""
        records = {state.claim.digest: state.earlier.evidence for state in states}
        others = [claim for claim in claims if claim.digest not in records]
        if others:
            records |= zip((claim.digest for claim in others), self.store.find_each(others), strict=True)
        sizes = read_sizes(claims, lambda claim: records[claim.digest])
        name = states[0].model.name
        self.sizes[name] = sizes
        for state in states:
            evidence = state.earlier.evidence
            if evidence is not None:
                self._learn(evidence, sizes)
            if state.holds and evidence is not None:
                self.reused[evidence.verdict] += 1
            else:
                self.again.append((state.claim, self._why(state.earlier)))
                self.open.append(replace(state, earlier=Earlier()))

    def _learn(self, evidence: Evidence, sizes: Sizes) -> None:
        speed = seen(evidence, self.precision, sizes.flops)
        if speed is not None and speed not in self.speeds[-1:]:
            self.speeds.append(speed)
        measurement = evidence.measurement
        ref = evidence.claim.dataset
        if ref is not None and measurement is not None and measurement.samples:
            dataset = canonical(ref.name)
            self.samples[dataset] = max(self.samples.get(dataset, 0), measurement.samples)

    def _why(self, earlier: Earlier) -> str:
        if earlier.evidence is None:
            return "there is no evidence yet"
        if earlier.evidence.verdict not in SETTLED:
            return f"it was found {earlier.evidence.verdict}, which is tried again"
        if is_imported(earlier.evidence):
            return "another harness measured it, and not mir"
        if earlier.stale:
            return "; ".join(earlier.stale)
        if self.force:
            return "--force measures it again"
        return "its evidence lacks what is asked for now"
