"""`mir verify` as a library call: which claims are settled already, and who measures the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from registry.evidence import Store, stale
from registry.types import Claim, Evidence, Model
from registry.verify.claims import ModelClaims
from registry.verify.environment import environment, now, with_code
from registry.verify.outcome import Outcome, unverifiable

SETTLED = frozenset({"reproduced", "within-tolerance", "refuted"})
"""Verdicts that hold until something they depend on changes; the others are tried again each time."""

_RUNS = frozenset({"evaluate", "time"})
"""Methods whose result depends on the device."""


class Measurer(Protocol):
    """One way to measure claims, such as counting or evaluating."""

    def takes(self, claim: Claim) -> bool:
        """Whether it measures claims of this kind."""

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:
        """Digests, as of now, of what a measurement would depend on, as far as they are known without measuring."""

    def final(self, evidence: Evidence) -> bool:
        """Whether trying again what was unverifiable would come to the same."""

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        """Measure claims; every claim gets one outcome, in any order, as soon as it is there."""


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
    work: dict[int, list[ModelClaims]] = {index: [] for index in range(len(measurers))}
    earlier: dict[str, _Earlier] = {}
    nobody: list[Claim] = []
    for each in models:
        todo: dict[int, list[Claim]] = {}
        for claim in filter(wanted, each.claims):
            who = next((index for index, measurer in enumerate(measurers) if measurer.takes(claim)), None)
            if who is None:
                nobody.append(claim)
                continue
            known = _earlier(store, claim, measurers[who].digests(each.model, claim))
            if known.evidence is not None and not force and _holds(known, measurers[who], enough):
                yield Verified(evidence=replace(known.evidence, claim=claim), reused=True)
                continue
            earlier[claim.digest] = known
            todo.setdefault(who, []).append(claim)
        for who, claims in todo.items():
            work[who].append(ModelClaims(model=each.model, claims=tuple(claims)))
    for claim in nobody:
        outcome = unverifiable(claim, f"mir has no way to measure {claim.label}")
        yield _settle(outcome, _earlier(store, claim, {}), store, device=device, force=force)
    for index, measurer in enumerate(measurers):
        for outcome in measurer.measure(work[index]):
            yield _settle(outcome, earlier[outcome.claim.digest], store, device=device, force=force)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Earlier:
    """What earlier runs found out about a claim.

    Attributes:
        evidence: Their evidence, `None` where there is none.
        stale: Why it no longer holds.
        settled: Whether it measured this very claim, on the same weights and data; our code may have changed since.
        other_claim: Whether it is about what the card said before.
    """

    evidence: Evidence | None = None
    stale: tuple[str, ...] = ()
    settled: bool = False
    other_claim: bool = False


def _earlier(store: Store, claim: Claim, digests: Mapping[str, str]) -> _Earlier:
    found = store.find(claim)
    if found is None:
        return _Earlier()
    return _Earlier(
        evidence=found,
        stale=stale(found, claim, with_code(digests, found.measurement)),
        settled=found.verdict in SETTLED and not stale(found, claim, digests),
        other_claim=bool(stale(found, claim, {})),
    )


def _holds(known: _Earlier, measurer: Measurer, enough: Callable[[Evidence], bool]) -> bool:
    """Whether earlier evidence will do."""
    assert known.evidence is not None
    if known.settled:
        return not known.stale and enough(known.evidence)
    return not known.other_claim and measurer.final(known.evidence)


def _settle(outcome: Outcome, known: _Earlier, store: Store, *, device: str, force: bool) -> Verified:
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
