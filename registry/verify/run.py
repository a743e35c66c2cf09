"""`mir verify` as a library call: which claims are settled already, and who measures the others."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from registry.claims import ModelClaims
from registry.evidence import Store
from registry.evidence.rejudge import SETTLED
from registry.evidence.transfer import transfer
from registry.gc import without_collector
from registry.types import Claim, Evidence, OutputError, StorageError, StoreAwayError
from registry.verify.environment import environment, now, same_libraries, with_code
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.tasks import unmeasured
from registry.verify.triage import Asked, Earlier, Measurer, earlier, share, triage

SHELTER = Path("evidence-unwritten")
"""Where a run keeps the records that an object store does not take because it is away for too long."""

_WAITING = 10_000
"""Models whose records wait for a store that is away before measuring does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """One claim after a run.

    Attributes:
        evidence: What is known of it now.
        earlier: Why it was not measured again, or was: empty where there was no earlier evidence.
        reused: True where the evidence is an earlier run's, still fresh.
        tried: Whether anything was done to find out: neither reused as it was, nor told from the claim alone.
    """

    evidence: Evidence
    earlier: tuple[str, ...] = ()
    reused: bool = False
    tried: bool = True


def verify(
    models: Sequence[ModelClaims],
    measurers: Sequence[Measurer],
    store: Store,
    *,
    force: bool = False,
    wanted: Callable[[Claim], bool] = lambda _: True,
    enough: Callable[[Evidence], bool] = lambda _: True,
) -> Generator[Verified]:
    """Settle claims and write the evidence of each as soon as it is there.

    Args:
        models: Models with their claims.
        measurers: Ways to measure; the first that takes a claim gets it.
        store: Where evidence is kept. Fresh evidence found there is used again.
        force: Measure also what fresh evidence settles.
        wanted: Which claims to settle.
        enough: Whether fresh evidence will do, or is to be measured again for what it lacks.

    Yields:
        Every wanted claim once: reused evidence first, then each measurement as it comes.

    Raises:
        OutputError: Evidence cannot be written.
        StorageError: An object store cannot be read.
    """
    open_: list[Asked] = []
    with without_collector():
        for state in triage(models, measurers, store, force=force, wanted=wanted, enough=enough):
            if state.holds and state.earlier.evidence is not None:
                yield Verified(evidence=replace(state.earlier.evidence, claim=state.claim), reused=True, tried=False)
            else:
                # Its evidence is read again before it is replaced, and of a hundred thousand models fits no memory.
                has_evidence = state.earlier.evidence is not None
                open_.append(replace(state, earlier=replace(state.earlier, evidence=None)) if has_evidence else state)
    histories = {state.claim.digest: state.earlier for state in open_}

    # Until here, a store that is away ends the run at once; from here on, that would be the end of what was measured.
    store.shelter = SHELTER
    with closing(_outcomes(open_, measurers)) as outcomes:
        for settled in _each(lambda batch: _settle(batch, histories, store, force=force), outcomes, store):
            yield from settled
    store.shelter = None
    if store.sheltered:
        with suppress(StorageError, OutputError):  # it is said by whoever asked for the run
            transfer(Store(SHELTER), store)
            store.sheltered = 0
            shutil.rmtree(SHELTER)


def _outcomes(open_: Sequence[Asked], measurers: Sequence[Measurer]) -> Generator[tuple[Outcome, ...]]:
    """Outcomes as soon as they are there, those that come together by model, for one file holds them."""
    for state in open_:
        if state.who is None:
            yield (unverifiable(state.claim, unmeasured(state.claim), derived=True),)
        elif state.wrong:
            yield (Outcome(claim=state.claim, verdict="error", reason=f"{state.wrong}: refused", altered=True),)
    for index, measurer in enumerate(measurers):
        measured = measurer.measure(share(open_, index))
        if measurer.kind in ("count", "harness"):  # what is counted comes at once, when all of it is; so does a log
            for _, of_model in groupby(measured, key=lambda outcome: outcome.claim.model):
                yield tuple(of_model)
        else:
            yield from ((outcome,) for outcome in measured)


def _each(
    settle: Callable[[Sequence[Outcome]], list[Verified]], batches: Iterable[tuple[Outcome, ...]], store: Store
) -> Iterator[list[Verified]]:
    """Settle outcomes in their order, some at the same time where that is waiting for a network.

    What is measured meanwhile waits for a store that is away. Whatever ends the run, what has begun to be written is
    written, there or in the store's shelter.
    """
    if store.at_once == 1:
        yield from map(settle, batches)
        return
    with ThreadPoolExecutor(store.at_once) as pool:
        writing: deque[Future[list[Verified]]] = deque()
        try:
            for batch in batches:
                writing.append(pool.submit(settle, batch))
                while writing and (writing[0].done() or len(writing) >= _WAITING):
                    yield writing.popleft().result()
            for future in writing:
                yield future.result()
        except BaseException:
            store.give_up()
            raise


def _settle(
    outcomes: Sequence[Outcome], histories: Mapping[str, Earlier], store: Store, *, force: bool
) -> list[Verified]:
    """Write the evidence of outcomes of one model, unless what stands there by now says as much or more.

    Where nothing was measured nothing is written: what it takes to measure is told again from the claim.
    """
    before = [histories[outcome.claim.digest] for outcome in outcomes]
    records = [_evidence(outcome) for outcome in outcomes]
    if all(outcome.derived and not state.settled for outcome, state in zip(outcomes, before, strict=True)):
        return [
            Verified(evidence=new, earlier=state.stale, tried=False) for new, state in zip(records, before, strict=True)
        ]
    places = [at for at, outcome in enumerate(outcomes) if _says_something(outcome)]
    left: list[Evidence | None] = [
        _standing(store, outcome.claim) if at not in places and (earlier_.settled or not outcome.derived) else None
        for at, (outcome, earlier_) in enumerate(zip(outcomes, before, strict=True))
    ]
    if places:
        stay = [_stays(outcomes[at], records[at], before[at], force=force) for at in places]
        for at, stands in zip(places, store.settle([records[at] for at in places], stay), strict=True):
            left[at] = stands
    return [_verified(*parts) for parts in zip(outcomes, records, left, before, strict=True)]


def _standing(store: Store, claim: Claim) -> Evidence | None:
    try:
        return store.find(claim)
    except StoreAwayError:
        return None


def _says_something(outcome: Outcome) -> bool:
    """Whether an outcome is more than what is lacking here, which needs no record."""
    return outcome.measurement is not None or outcome.verdict == "error"


def _stays(outcome: Outcome, evidence: Evidence, before: Earlier, *, force: bool) -> Callable[[Evidence], bool]:
    def stays(record: Evidence) -> bool:
        if outcome.verdict in SETTLED or outcome.altered:
            return False
        if _overridden(evidence) and record.verdict in SETTLED and not _overridden(record):
            # A try under other settings than the card's says nothing of the card, and takes nothing from what does.
            return True
        counted = outcome.measurement is not None and outcome.measurement.method == "count"
        if earlier(record, outcome.claim, before.digests).settled and not counted:
            # What another machine settled, before this run or during it, is not lost because this one lacks the data.
            return True
        learnt = (outcome.verdict, outcome.reason, {**evidence.digests, "claim": outcome.claim.digest})
        # Where nothing new was learnt, a run leaves every file as it was.
        same = learnt == (record.verdict, record.reason, dict(record.digests)) and same_libraries(record.environment)
        return same and not force

    return stays


def _verified(outcome: Outcome, evidence: Evidence, left: Evidence | None, before: Earlier) -> Verified:
    """What is known of a claim now, of what was found and what stands in the store."""
    if left is None or left is evidence or _overridden(evidence):
        return Verified(evidence=evidence, earlier=before.stale, tried=not outcome.derived)
    state = earlier(left, outcome.claim, before.digests)
    if not state.settled and not _says_something(outcome):
        return Verified(evidence=evidence, earlier=before.stale)
    why = (*state.stale, f"not measured again: {outcome.reason}") if state.settled else ()
    return Verified(evidence=replace(left, claim=outcome.claim), earlier=why, reused=True)


def _overridden(evidence: Evidence) -> bool:
    return evidence.measurement is not None and bool(evidence.measurement.details.get("overrides"))


def _evidence(outcome: Outcome) -> Evidence:
    return Evidence(
        claim=outcome.claim,
        verdict=outcome.verdict,
        reason=outcome.reason,
        measurement=outcome.measurement,
        digests=with_code(outcome.digests, outcome.measurement),
        environment=outcome.environment or environment(),
        time=now(),
    )
