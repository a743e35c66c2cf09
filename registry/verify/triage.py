"""Which claims earlier evidence settles, and who measures the others: what a run does first, and a plan foretells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Literal, Protocol

from registry.claims import ModelClaims
from registry.evidence import Store, stale
from registry.evidence.rejudge import SETTLED, contradictions
from registry.evidence.rejudge.imported import is_imported
from registry.evidence.weights_beside import WeightsBeside, rests_on_weights
from registry.types import Claim, Evidence, Model
from registry.verify.environment import with_code
from registry.verify.outcome import Outcome

_AT_ONCE = 1000
"""Claims whose evidence is asked for together: an object store answers many questions in the time of one."""


Kind = Literal["count", "evaluate", "time", "harness"]
"""What a measurer does: trace a model, run it on data, time it on blank pictures, or run another harness."""


class Measurer(Protocol):
    """One way to measure claims, such as counting or evaluating."""

    @property
    def kind(self) -> Kind:
        """What it does; also the `method` of its measurements."""

    def takes(self, claim: Claim) -> bool:
        """Whether it measures claims of this kind."""

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:
        """Digests, as of now, of what a measurement would depend on, as far as they are known without measuring."""

    def final(self, evidence: Evidence) -> bool:
        """Whether trying again what was unverifiable would come to the same."""

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        """Measure claims; every claim gets one outcome, in any order, as soon as it is there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """What earlier runs found out about a claim.

    Attributes:
        evidence: Their evidence, `None` where there is none.
        digests: What a measurement would depend on now, as far as that is known.
        stale: Why it no longer holds.
        settled: Whether it measured this very claim, on the same weights and data; our code may have changed since.
        of_before: Whether it is about what the card said before, or rests on what has changed since.
    """

    evidence: Evidence | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    settled: bool = False
    of_before: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A claim that is to be settled.

    Attributes:
        who: Number of the measurer that takes it, `None` where none does.
        earlier: What earlier runs found out.
        holds: Whether that will do, and nothing is measured.
        wrong: Why weights that lie beside the card are not what it says, or kept predictions not what the record says;
            then nothing is measured, nor does earlier evidence count. Empty where they are.
    """

    model: Model
    claim: Claim
    who: int | None
    earlier: Earlier
    holds: bool
    wrong: str = ""


def triage(
    models: Sequence[ModelClaims],
    measurers: Sequence[Measurer],
    store: Store,
    *,
    force: bool = False,
    wanted: Callable[[Claim], bool] = lambda _: True,
    enough: Callable[[Evidence], bool] = lambda _: True,
) -> Iterator[Asked]:
    """Every wanted claim once, in the order of the cards; nothing is measured or written. See `run.verify`."""
    claims = ((model_claims.model, claim) for model_claims in models for claim in model_claims.claims if wanted(claim))
    weights = WeightsBeside()
    while some := list(islice(claims, _AT_ONCE)):
        for (model, claim), evidence in zip(some, store.find_each([claim for _, claim in some]), strict=True):
            who = next((index for index, measurer in enumerate(measurers) if measurer.takes(claim)), None)
            if who is None:
                state = earlier(evidence, claim, {})
                yield Asked(model=model, claim=claim, who=None, earlier=state, holds=False)
                continue
            # Taking them may need the library; where nothing was measured there is nothing to compare.
            digests = {} if evidence is None else measurers[who].digests(model, claim)
            state = earlier(evidence, claim, digests)
            if evidence is not None and (resized := weights.resized(model, evidence)):
                state = replace(state, stale=(*state.stale, resized), settled=False)
            wrong = weights.wrong(model, evidence) if rests_on_weights(claim, evidence) else ""
            if not wrong and not force and state.settled:
                wrong = _other_predictions(store, state)
            holds = not force and not wrong and _holds(state, measurers[who], enough)
            yield Asked(model=model, claim=claim, who=who, earlier=state, holds=holds, wrong=wrong)


def _other_predictions(store: Store, earlier_found: Earlier) -> str:
    """Why the kept predictions do not make what the record says; empty where they do, or none were kept."""
    if earlier_found.evidence is None or earlier_found.evidence.measurement is None:
        return ""
    if "predictions" not in earlier_found.evidence.measurement.details:
        return ""
    from registry.verify.rescoring import altered  # needs NumPy, which other evidence does not

    alteration = altered(store, earlier_found.evidence)
    return f"{alteration}; --force measures again" if alteration else ""


def share(states: Sequence[Asked], who: int) -> list[ModelClaims]:
    """What one measurer is to measure, by model, in the order of the cards."""
    work = [state for state in states if state.who == who and not state.holds and not state.wrong]
    return [
        ModelClaims(model=of_model[0].model, claims=tuple(state.claim for state in of_model))
        for of_model in (list(group) for _, group in groupby(work, key=lambda state: id(state.model)))
    ]


def earlier(evidence: Evidence | None, claim: Claim, digests: Mapping[str, str]) -> Earlier:
    """What evidence that was found says about a claim."""
    if evidence is None:
        return Earlier(digests=digests)
    wrong, changed = contradictions(evidence, claim), stale(evidence, claim, digests)
    return Earlier(
        evidence=evidence,
        digests=digests,
        stale=(*wrong, *stale(evidence, claim, with_code(digests, evidence.measurement))),
        settled=evidence.verdict in SETTLED and not wrong and not changed,
        of_before=bool(changed),
    )


def _holds(earlier_found: Earlier, measurer: Measurer, enough: Callable[[Evidence], bool]) -> bool:
    """Whether earlier evidence will do."""
    if earlier_found.evidence is None or is_imported(earlier_found.evidence):
        # What somebody else measured is no reason not to measure; it stays where that cannot be done here.
        return False
    if earlier_found.settled:
        return not earlier_found.stale and enough(earlier_found.evidence)
    return not earlier_found.of_before and measurer.final(earlier_found.evidence)
