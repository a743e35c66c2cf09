"""Tasks one after the other in this very process, without limits: what is easiest to follow and to debug."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

from registry.types import MirError, Unverifiable
from registry.verify.engines.engine import EngineTask, Failure, call

In = TypeVar("In")
Out = TypeVar("Out")


class Local:
    """This process."""

    in_process = True

    def cores(self, gpus: float) -> int | None:  # noqa: ARG002
        """All."""
        return None

    def place(self, device: str) -> tuple[str, float]:
        """What the user says; nothing is asked for, what is here is used."""
        return device, 0

    def attempt(
        self, function: Callable[[In], Out], take: Callable[[], EngineTask[In] | None]
    ) -> Generator[tuple[EngineTask[In], Out | Failure]]:
        """See `Engine`.

        Raises:
            MirError: A task says that this machine or the options are wrong, as `OutputError` does for a full disk:
                here that is true of every other task as well.
        """

        def guarded(item: In) -> Out | MirError:
            try:
                return function(item)
            except Unverifiable:
                raise
            except MirError as error:
                return error

        while (task := take()) is not None:
            result = call(guarded, task.item)
            if isinstance(result, MirError):
                raise result
            yield task, result
