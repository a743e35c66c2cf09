"""`mir verify` as a library call: which claims are settled already, and who measures the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from registry.evidence import Store
from registry.types import Claim, Evidence
from registry.verify.claims import ModelClaims
from registry.verify.environment import environment, now, with_code
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.triage import SETTLED, Asked, Earlier, Measurer, share, triage

_RUNS = frozenset({"evaluate", "time"})
"""Methods whose result depends on the device."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """One claim after a run.

    Attributes:
        evidence: What is known of it now.
        earlier: Why it was not measured again, or was: empty where there was no earlier evidence.
        reused: True where the evidence is an earlier run's, still fresh.
    """

    evidence: Evidence
    earlier: tuple[str, ...] = ()
    reused: bool = False


def verify(
    models: Sequence[ModelClaims],
    measurers: Sequence[Measurer],
    store: Store,
    *,
    device: str = "cpu",
    force: bool = False,
    wanted: Callable[[Claim], bool] = lambda _: True,
    enough: Callable[[Evidence], bool] = lambda _: True,
) -> Iterator[Verified]:
    """Settle claims and write the evidence of each as soon as it is there.

    Args:
        models: Models with their claims.
        measurers: Ways to measure; the first that takes a claim gets it.
        store: Where evidence is kept. Fresh evidence found there is used again.
        device: Where models run, for the record.
        force: Measure also what fresh evidence settles.
        wanted: Which claims to settle.
        enough: Whether fresh evidence will do, or is to be measured again for what it lacks.

    Yields:
        Every wanted claim once: reused evidence first, then each measurement as it comes.

    Raises:
        OutputError: Evidence cannot be written.
    """
    open_: list[Asked] = []
    for each in triage(models, measurers, store, force=force, wanted=wanted, enough=enough):
        if each.holds and each.earlier.evidence is not None:
            yield Verified(evidence=replace(each.earlier.evidence, claim=each.claim), reused=True)
        else:
            open_.append(each)
    for each in open_:
        if each.who is None:
            outcome = unverifiable(each.claim, f"mir has no way to measure {each.claim.label}")
            yield _settle(outcome, each.earlier, store, device=device, force=force)
    earlier = {each.claim.digest: each.earlier for each in open_}
    for index, measurer in enumerate(measurers):
        for outcome in measurer.measure(share(open_, index)):
            yield _settle(outcome, earlier[outcome.claim.digest], store, device=device, force=force)


def _settle(outcome: Outcome, known: Earlier, store: Store, *, device: str, force: bool) -> Verified:
    """Write the outcome's evidence, unless what is known already says as much or more."""
    if known.evidence is not None and outcome.verdict not in SETTLED:
        here = replace(known.evidence, claim=outcome.claim)
        if known.settled:
            # What another machine settled is not lost because this one lacks the data.
            why = (*known.stale, f"not measured again: {outcome.reason}")
            return Verified(evidence=here, earlier=why, reused=True)
        learnt = (outcome.verdict, outcome.reason, {**outcome.digests, "claim": outcome.claim.digest})
        if learnt == (here.verdict, here.reason, dict(here.digests)) and not force:
            # Nothing new was learnt: a run that changes nothing leaves every file as it was.
            return Verified(evidence=here, reused=True)
    return Verified(evidence=_record(outcome, store, device), earlier=known.stale)


def _record(outcome: Outcome, store: Store, device: str) -> Evidence:
    evidence = Evidence(
        claim=outcome.claim,
        verdict=outcome.verdict,
        reason=outcome.reason,
        measurement=outcome.measurement,
        digests=with_code(outcome.digests, outcome.measurement),
        environment=environment(device if outcome.measurement and outcome.measurement.method in _RUNS else "cpu"),
        time=now(),
    )
    store.write(evidence)
    return evidence
