"""A disk that is full from its n-th call on: every call of Python that asks the system for room on it can fail."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable
from typing import Any

import pytest

_CALLS = ("fsync", "ftruncate", "link", "mkdir", "rename", "replace", "write")


class FullDisk:
    """Counts the calls that need room, and refuses those from the one numbered `full` on; none where it is `None`.

    What frees room, as removing does, works on. What an extension module writes by itself is not seen.
    """

    def __init__(self, patch: pytest.MonkeyPatch, full: int | None) -> None:
        self.calls = 0
        self._full = full
        for name in _CALLS:
            patch.setattr(os, name, self._counted(getattr(os, name)))
        real_open = os.open
        patch.setattr(
            os, "open", lambda path, flags, *rest, **keywords: self._create(real_open, path, flags, *rest, **keywords)
        )
        patch.setattr(io, "open", self._opened(io.open))
        patch.setattr(builtins, "open", io.open)

    def _ask(self) -> None:
        self.calls += 1
        if self._full is not None and self.calls > self._full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            self._ask()
            return real(*arguments, **keywords)

        return call

    def _create(self, real: Callable[..., int], path: Any, flags: int, *rest: Any, **keywords: Any) -> int:
        if flags & os.O_CREAT:
            self._ask()
        return real(path, flags, *rest, **keywords)

    def _opened(self, real: Callable[..., Any]) -> Callable[..., Any]:
        disk = self

        class File(io.FileIO):
            def write(self, data: Any) -> int:
                disk._ask()
                return super().write(data)

        def call(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **keywords: Any) -> Any:
            if not set(mode) & set("wxa"):
                return real(file, mode, buffering, *rest, **keywords)
            if not isinstance(file, int):
                disk._ask()
            raw = File(
                file, mode.replace("b", "").replace("t", ""), **{key: keywords[key] for key in _RAW & keywords.keys()}
            )
            binary = io.BufferedWriter(raw)
            if "b" in mode:
                return binary
            return io.TextIOWrapper(binary, **{key: keywords[key] for key in _TEXT & keywords.keys()})

        return call


_RAW = {"closefd", "opener"}
_TEXT = {"encoding", "errors", "newline"}
