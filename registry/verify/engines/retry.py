"""Try again what was lost: written once, above all engines, so that a lost task means the same on each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, TypeVar

from registry.verify.engines.conforms import conforms, returned
from registry.verify.engines.engine import Engine, EngineTask, Failure, Resources

In = TypeVar("In")
Out = TypeVar("Out")

ATTEMPTS = 3
"""How often a task is tried whose process dies, whose node leaves, or that hangs."""


def run(
    engine: Engine, function: Callable[[In], Out], items: Iterable[tuple[In, Resources]]
) -> Iterator[tuple[int, Out | Failure]]:
    """Call a function on every item, each until it has an answer, `ATTEMPTS` times at most.

    What the function raises is its answer and is not tried again: it would come to the same.

    Args:
        engine: Where to call it.
        function: What to call; it pickles, as its items and results do, unless the engine runs in this process.
        items: What to call it on, and what each call asks for; taken as there is room for them.

    Yields:
        The item's number, and its result or failure, as they finish.
    """
    fresh = (
        EngineTask(number=number, item=item, resources=resources) for number, (item, resources) in enumerate(items)
    )
    again: deque[EngineTask[In]] = deque()
    losses: dict[int, list[str]] = {}

    def take() -> EngineTask[In] | None:
        return again.popleft() if again else next(fresh, None)

    kind = Any if engine.in_process else returned(function)
    with closing(engine.attempt(function, take)) as attempts:
        for task, result in attempts:
            if not (isinstance(result, Failure) and result.lost):
                losses.pop(task.number, None)
                right = kind is Any or isinstance(result, Failure) or conforms(result, kind)
                wrong = Failure(reason="what its process returned is not what was asked for")
                yield task.number, result if right else wrong
                continue
            reasons = losses.setdefault(task.number, [])
            reasons.append(result.reason)
            if len(reasons) < ATTEMPTS:
                again.append(replace(task, avoid=(*task.avoid, result.where) if result.where else task.avoid))
                continue
            failures = "; then ".join(dict.fromkeys(losses.pop(task.number)))
            # What is expected says what is missing, and is the same however often it was looked for.
            reason = result.reason if result.expected else f"tried {ATTEMPTS} times: {failures}"
            yield task.number, replace(result, reason=reason)
