"""Models that do what strangers' models can do to whoever runs them, as they are built or as they run."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import numpy
import psutil
import torch

from registry.verify.builders import Builder, digits_cnn


def hang() -> None:
    time.sleep(600)


def leave() -> None:
    sys.exit(3)


def exit_at_once() -> None:
    os._exit(4)


def crash() -> None:
    ctypes.string_at(0)


def fill_memory() -> None:
    arrays = []
    while True:
        arrays.append(numpy.empty(1 << 30, numpy.uint8))


def shout() -> None:
    print('{"not": "yours"}')
    os.write(1, b"]]]\n")
    os.system("echo '{'")


def raise_oddly() -> None:
    class Odd(BaseException):
        pass

    raise Odd("as no library would")


def leave_others() -> None:
    subprocess.Popen(["sleep", "613"], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        os.execlp("sleep", "sleep", "613")


def kill_those_above() -> None:
    leave_others()
    above = psutil.Process().parents()[:2]  # below mir, and below Ray
    for process in reversed(above):
        process.kill()
    time.sleep(600)


def fork_and_return() -> None:
    os.fork()


def scribble() -> None:
    for number in range(64):
        with suppress(OSError):
            os.write(number, b"not for you\n" * 100)


def use_doubles() -> None:
    torch.set_default_dtype(torch.float64)
    threading.Thread(target=time.sleep, args=(600,)).start()


DOES: dict[str, Callable[[], None]] = {
    "hang": hang,
    "leave": leave,
    "exit": exit_at_once,
    "crash": crash,
    "memory": fill_memory,
    "shout": shout,
    "odd": raise_oddly,
    "others": leave_others,
    "kill": kill_those_above,
    "fork": fork_and_return,
    "scribble": scribble,
    "doubles": use_doubles,
    "none": lambda: None,
}

ONCE = {"shout", "others", "fork"}
"""What is done at the first batch alone: three hundred processes are no better than one."""


class Sick(digits_cnn.DigitsCNN):
    """The network of the digits, which does something else as well."""

    def __init__(self, *, built: str = "none", run: str = "none") -> None:
        super().__init__()
        DOES[built]()
        self._run = run
        self._ran = False

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        if not (self._ran and self._run in ONCE):
            self._ran = True
            DOES[self._run]()
        return super().forward(pictures)


class NotNumbers(digits_cnn.DigitsCNN):
    """Answers NaN to every picture, or to those that it takes for a nought."""

    def __init__(self, *, every: bool) -> None:
        super().__init__()
        self._every = every

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        answers = super().forward(pictures)
        return (
            answers + float("nan")
            if self._every
            else answers.masked_fill(answers.argmax(1, keepdim=True) == 0, torch.nan)
        )


BUILDERS = {
    name: Builder(
        build=lambda build=build: build(),  # which does not pickle, and need not
        input_size=digits_cnn.INPUT_SIZE,
        preprocessing=digits_cnn.PREPROCESSING,
        categories=digits_cnn.CATEGORIES,
    )
    for name, build in {
        **{f"built-{deed}": partial(Sick, built=deed) for deed in DOES},
        **{f"run-{deed}": partial(Sick, run=deed) for deed in DOES},
        "nan": partial(NotNumbers, every=True),
        "nan-for-some": partial(NotNumbers, every=False),
    }.items()
}
