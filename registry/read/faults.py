"""What nobody foresaw in one file: a finding of that file, so that all others are still read, checked and published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from registry.read import ids
from registry.types import Card, Finding, Index, Location, MirError

Result = TypeVar("Result")

OTHERS = (MirError, MemoryError, BrokenPipeError)
"""What is no file's fault: the command is wrong, the machine has no room, or nobody reads what is printed."""

_MOST = 20
"""Files that only fail together with others, each of which is looked for among all of them."""


def described(error: BaseException) -> str:
    """An error that nobody foresaw in one sentence, with where in the code it was raised."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = "" if at is None else f" in {Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}"
    message = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}{f': {message}' if message else ''}{place}"


def fault(failure: str, error: BaseException, location: Location) -> Finding:
    """The finding that an error makes of what was being done: `could not be read`."""
    return Finding(
        rule=ids.FAULT,
        severity=ids.READING_RULES[ids.FAULT].severity,
        message=f"{failure}: {described(error)}",
        location=location,
        hint="This is an error in mir; please report it with the card.",
    )


def sparing(failure: str, work: Callable[[Index], Result], index: Index) -> tuple[Result, list[Finding]]:
    """What some work makes of an index; where it fails, of the cards that it does not fail on.

    Args:
        failure: What the others could not, such as `could not be converted`.
        work: May be done any number of times.
        index: The cards.

    Returns:
        The result, and a finding for each card that was left out.

    Raises:
        Exception: The work fails on every card, so that none of them is to blame.
    """
    try:
        return work(index), []
    except OTHERS:
        raise
    except Exception as error:  # whatever it is
        faults = list(_alone(failure, work, index))
        if len(faults) == len(index.cards) > 1:
            raise
        if len(index.cards) == 1:
            faults = [fault(failure, error, Location(file=index.cards[0].file))]
    for _ in range(_MOST):
        left = _without(index, faults)
        try:
            return work(left), faults
        except OTHERS:
            raise
        except Exception as error:
            if not left.cards:
                raise
            faults.append(fault(failure, error, Location(file=_last_straw(work, left).file)))
    return work(_without(index, faults)), faults


def _without(index: Index, faults: list[Finding]) -> Index:
    wrong = {finding.location.file for finding in faults}
    return _with(index, [card for card in index.cards if card.file not in wrong])


def _with(index: Index, cards: Sequence[Card]) -> Index:
    """The index with only some of its cards and their sources."""
    gone = {card.file for card in index.cards}.difference(card.file for card in cards)
    sources = {file: source for file, source in index.sources.items() if file not in gone}
    return replace(index, cards=tuple(cards), sources=sources)


def _alone(failure: str, work: Callable[[Index], Result], index: Index) -> Iterator[Finding]:
    """A finding for each card that fails when there is no other."""
    nobodys = _with(index, ()).sources
    for card in index.cards:
        sources = {**nobodys, card.file: index.sources[card.file]} if card.file in index.sources else nobodys
        error = _error(work, replace(index, cards=(card,), sources=sources))
        if error is not None:
            yield fault(failure, error, Location(file=card.file))


def _error(work: Callable[[Index], Result], index: Index) -> Exception | None:
    try:
        work(index)
    except OTHERS:
        return None
    except Exception as error:  # noqa: BLE001 - it is what is asked for
        return error
    return None


def _last_straw(work: Callable[[Index], Result], index: Index) -> Card:
    """The card with which work fails that does not fail on those before it."""
    low, high = 0, len(index.cards)
    while high - low > 1:
        middle = (low + high) // 2
        if _error(work, _with(index, index.cards[:middle])) is None:
            low = middle
        else:
            high = middle
    return index.cards[high - 1]
