"""Work on every core by forking: what is in memory is there in every process, and only answers travel."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from registry import file_inputs

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_PIECES = 1024
"""Pieces that work is cut into at most: their numbers must fit into a pipe at once."""


def usable_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cores() -> int:
    """How many processes are worth having: the cores that this one may use, one where forking is not safe."""
    return usable_cores() if sys.platform == "linux" else 1


def spread(work: Callable[[Item], Answer], items: Sequence[Item], processes: int) -> list[Answer]:
    """`[work(item) for item in items]`, on several cores.

    The items are cut into pieces, and each process takes the next piece when it is done with one. What a process that
    died had taken, for want of memory say, is done here, where an exception is raised as it always is.

    Args:
        work: Its answers can be pickled. What it changes in memory may be lost.
        items: What to work on; they do not travel.
        processes: How many there are at most, this one included.
    """
    if min(processes, len(items)) < 2 or not hasattr(os, "fork"):
        return [work(item) for item in items]
    size = -(-len(items) // _PIECES)
    pieces = [items[start : start + size] for start in range(0, len(items), size)]
    queue, end = os.pipe()
    os.write(end, b"".join(number.to_bytes(4, "big") for number in range(len(pieces))))
    os.close(end)
    children = [_Child(work, pieces, queue) for _ in range(min(processes, len(pieces)) - 1)]
    try:
        done: dict[int, list[Answer]] = dict(_take(work, pieces, queue))
        for child in children:
            done |= child.answers()
    finally:
        os.close(queue)
        for child in children:
            child.close()
    return [
        answer
        for number, piece in enumerate(pieces)
        for answer in (done[number] if number in done else [work(item) for item in piece])
    ]


def _take(
    work: Callable[[Item], Answer], pieces: Sequence[Sequence[Item]], queue: int
) -> Iterator[tuple[int, list[Answer]]]:
    """Work on the pieces whose numbers this process is the first to read from the queue."""
    while number := os.read(queue, 4):
        piece = int.from_bytes(number, "big")
        yield piece, [work(item) for item in pieces[piece]]


class _Child:
    """A process that sends its answers through a pipe."""

    def __init__(self, work: Callable[[Any], Any], pieces: Sequence[Sequence[Any]], queue: int) -> None:
        import pickle  # most cards are few, and need no other process

        self.status: int | None = None
        self.pipe, end = os.pipe()
        # What is still to be written must not be written by both.
        sys.stdout.flush()
        sys.stderr.flush()
        self.process = os.fork()
        if self.process == 0:
            code = 1
            try:
                os.close(self.pipe)
                buffer = io.BytesIO()
                # Written while there is work left, which the other processes then take; what answers share once.
                pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
                for answer in _take(work, pieces, queue):
                    pickler.dump(answer)
                noted = file_inputs.listener()
                pickler.dump(None if noted is None else (noted.as_dict(), noted.whole))
                with os.fdopen(end, "wb") as pipe:
                    pipe.write(buffer.getbuffer())
                code = 0
            finally:
                # Whatever happened, a child never returns into the program that its parent goes on with.
                os._exit(code)
        os.close(end)

    def answers(self) -> dict[int, list[Any]]:
        """What it sent, by the piece's number; nothing where it failed."""
        import pickle

        with os.fdopen(os.dup(self.pipe), "rb") as pipe:
            data = io.BytesIO(pipe.read())
        if self.close() != 0:
            return {}
        read = pickle.Unpickler(data).load  # noqa: S301 - written by our own child
        sent: list[Any] = []
        while data.tell() < len(data.getbuffer()):
            sent.append(read())
        inputs = sent.pop()
        if (noted := file_inputs.listener()) is not None and inputs is not None:
            noted.add(inputs[0], whole=inputs[1])
        return dict(sent)

    def close(self) -> int:
        """Wait for its end, and return its status. A child that still has something to say is cut short."""
        if self.status is None:
            os.close(self.pipe)
            _, self.status = os.waitpid(self.process, 0)
        return self.status
