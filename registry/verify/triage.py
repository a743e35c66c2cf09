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
    claims = ((each.model, claim) for each in models for claim in each.claims if wanted(claim))
    weights = WeightsBeside()
    while some := list(islice(claims, _AT_ONCE)):
        for (model, claim), found in zip(some, store.find_each([claim for _, claim in some]), strict=True):
            who = next((index for index, measurer in enumerate(measurers) if measurer.takes(claim)), None)
            if who is None:
                known = earlier(found, claim, {})
                yield Asked(model=model, claim=claim, who=None, earlier=known, holds=False)
                continue
            # Taking them may need the library; where nothing was measured there is nothing to compare.
            digests = {} if found is None else measurers[who].digests(model, claim)
            known = earlier(found, claim, digests)
            if found is not None and (resized := weights.resized(model, found)):
                known = replace(known, stale=(*known.stale, resized), settled=False)
            wrong = weights.wrong(model, found) if rests_on_weights(claim, found) else ""
            if not wrong and not force and known.settled:
                wrong = _other_predictions(store, known)
            holds = not force and not wrong and _holds(known, measurers[who], enough)
            yield Asked(model=model, claim=claim, who=who, earlier=known, holds=holds, wrong=wrong)


def _other_predictions(store: Store, known: Earlier) -> str:
    """Why the kept predictions do not make what the record says; empty where they do, or none were kept."""
    if known.evidence is None or known.evidence.measurement is None:
        return ""
    if "predictions" not in known.evidence.measurement.details:
        return ""
    from registry.verify.rescoring import altered  # needs NumPy, which other evidence does not

    said = altered(store, known.evidence)
    return f"{said}; --force measures again" if said else ""


def share(asked: Sequence[Asked], who: int) -> list[ModelClaims]:
    """What one measurer is to measure, by model, in the order of the cards."""
    mine = [each for each in asked if each.who == who and not each.holds and not each.wrong]
    return [
        ModelClaims(model=of_model[0].model, claims=tuple(each.claim for each in of_model))
        for of_model in (list(group) for _, group in groupby(mine, key=lambda each: id(each.model)))
    ]


def earlier(found: Evidence | None, claim: Claim, digests: Mapping[str, str]) -> Earlier:
    """What evidence that was found says about a claim."""
    if found is None:
        return Earlier(digests=digests)
    wrong, changed = contradictions(found, claim), stale(found, claim, digests)
    return Earlier(
        evidence=found,
        digests=digests,
        stale=(*wrong, *stale(found, claim, with_code(digests, found.measurement))),
        settled=found.verdict in SETTLED and not wrong and not changed,
        of_before=bool(changed),
    )


def _holds(known: Earlier, measurer: Measurer, enough: Callable[[Evidence], bool]) -> bool:
    """Whether earlier evidence will do."""
    if known.evidence is None or is_imported(known.evidence):
        # What somebody else measured is no reason not to measure; it stays where that cannot be done here.
        return False
    if known.settled:
        return not known.stale and enough(known.evidence)
    return not known.of_before and measurer.final(known.evidence)
