"""What a run asks the file system, so that a later run can tell whether it would be answered the same.

Python's audit events tell of every file that is opened and every folder that is listed, whichever code does it. Nothing
tells of questions such as whether a path exists, so that those who ask them call `asked` first. Everything is noted
before it is looked at: what changes in between then shows as a change, and never as none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from registry.file_facts import (
    UNSETTLED,
    Facts,
    Look,
    RealPaths,
    file_facts,
    folder_facts,
    path_facts,
    state_facts,
)

_DIGITS = 64
"""Characters of a digest."""

_MOST = 50_000
"""Files, folders and paths that are noted: of more, looking again would take too long."""

_FOREIGN = frozenset(
    {"ctypes.dlopen", "os.exec", "os.posix_spawn", "os.system", "socket.connect", "subprocess.Popen", "urllib.Request"}
)
"""Events after which nobody can tell what was asked."""

_LOOKS = frozenset({"open", "os.listdir", "os.scandir"})

_IMPORTS = "<frozen importlib._bootstrap_external>"
"""Who opens and lists what is imported; `code_facts` is about that."""


class FileInputs:
    """Questions and their answers.

    Attributes:
        files: Digests of the files that were opened.
        folders: Digests of the names, and their kinds, in the folders that were listed.
        paths: What paths are that were asked about.
        states: Size and times of files that other programs were to read.
        questions: How often anything was asked, be it again.
    """

    def __init__(self) -> None:
        self.files: Facts = {}
        self.folders: Facts = {}
        self.paths: Facts = {}
        self.states: Facts = {}
        self.questions = 0
        self._whole = True
        self._busy = False
        self._real = RealPaths()
        self._looked: dict[Look, Facts] = {}

    @property
    def whole(self) -> bool:
        """Whether everything was noted, and can be looked at again."""
        return self._whole and sum(map(len, self._all())) <= _MOST

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note everything that is asked in this block."""
        global _listener
        if _listener is not None:
            self._whole = False  # which of the two is told cannot be known
            yield
            return
        _hook()
        _listener = self
        try:
            yield
        finally:
            _listener = None

    def as_dict(self) -> dict[str, Facts]:
        """Plain data, for `unchanged`."""
        return {"states": self.states, "paths": self.paths, "folders": self.folders, "files": self.files}

    def unchanged(self, noted: Mapping[str, Facts]) -> bool:
        """Whether everything would be answered as it was; what was looked at for this is not looked at once more."""
        return unchanged(noted, self._real, self._looked)

    def add(self, others: Mapping[str, Facts], *, whole: bool) -> None:
        """Take over what a process noted that was forked off."""
        for facts, name in zip(self._all(), ("states", "paths", "folders", "files"), strict=True):
            for path, answer in others[name].items():
                # Of two answers neither can be relied on.
                self._whole &= facts.setdefault(path, answer) == answer
        self._whole &= whole

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note what an audit event tells of."""
        if self._busy:
            return
        self.questions += 1
        self._busy = True
        try:
            if event == "open":
                self._opened(*arguments)
            elif event in ("os.listdir", "os.scandir"):
                self._listed(arguments[0])
            elif event in _FOREIGN and not _allowed:
                self._whole = False
        finally:
            self._busy = False

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Hear nothing in this block."""
        busy, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = busy

    def note(self, facts: Facts, look: Look, path: str) -> None:
        """Note an answer, once for each path."""
        self.questions += 1
        if path not in facts:
            busy, self._busy = self._busy, True
            try:
                answer_known = self._looked.get(look, {}).get(path)
                answer = facts[path] = look(path, self._real) if answer_known is None else answer_known
            finally:
                self._busy = busy
            self._whole &= answer != UNSETTLED

    def _all(self) -> tuple[Facts, Facts, Facts, Facts]:
        return self.states, self.paths, self.folders, self.files

    def _opened(self, path: Any, _: Any, flags: int) -> None:
        if isinstance(path, int):
            return  # it was opened by its name before
        name = os.path.abspath(os.fsdecode(path))
        if not flags & (os.O_WRONLY | os.O_RDWR):
            self.note(self.files, file_facts, name)
        elif name != os.devnull:
            self._whole = False  # what is written may be read again

    def _listed(self, path: Any) -> None:
        if path is None or isinstance(path, int):
            self._whole &= path is None
            path = "."
        self.note(self.folders, folder_facts, os.path.abspath(os.fsdecode(path)))


_listener: FileInputs | None = None
_allowed: list[str] = []
_hooked: list[bool] = []


def _hook() -> None:
    if not _hooked:
        sys.addaudithook(_heard)  # which nothing removes again
        _hooked.append(True)


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if _listener is None or (event not in _LOOKS and event not in _FOREIGN):
        return
    if sys._getframe(1).f_code.co_filename != _IMPORTS:
        _listener.hear(event, arguments)


def listener() -> FileInputs | None:
    """What takes notes now, if anything does."""
    return _listener


def asked(path: str | os.PathLike[str]) -> None:
    """Note what a path is, before somebody asks whether it exists, is a file, or where it really leads to."""
    if _listener is not None:
        _listener.note(_listener.paths, path_facts, os.path.abspath(path))


def noted_digest(path: str) -> str | None:
    """The SHA-256 of a file's contents, noted; `None` where it is no file that is hashed."""
    name = os.path.abspath(path)
    if _listener is None:
        answer = file_facts(name, RealPaths())
    else:
        _listener.note(_listener.files, file_facts, name)
        answer = _listener.files[name]
    return answer if len(answer) == _DIGITS and answer.isalnum() else None


@contextmanager
def reading(file: str | os.PathLike[str]) -> Iterator[None]:
    """Let another program answer in this block from one file, whose size and times tell when its answer changes."""
    if _listener is not None:
        _listener.note(_listener.states, state_facts, os.path.abspath(file))
    _allowed.append(os.fspath(file))
    try:
        yield
    finally:
        _allowed.pop()


def unchanged(
    noted: Mapping[str, Mapping[str, str]],
    real: RealPaths | None = None,
    looked: dict[Look, Facts] | None = None,
) -> bool:
    """Whether everything would be answered as it was; `looked` takes the answers of today."""
    looks: dict[str, Look] = {
        "states": state_facts,
        "paths": path_facts,
        "folders": folder_facts,
        "files": file_facts,
    }
    real = real or RealPaths()
    for name, look in looks.items():
        answers: Facts = {} if looked is None else looked.setdefault(look, {})
        for path, answer in noted[name].items():
            now = answers[path] = look(path, real)
            if now != answer:
                return False
    return True


@contextmanager
def unnoted() -> Iterator[None]:
    """Note nothing in this block, in which a cache is read or written that changes no answer."""
    if _listener is None:
        yield
        return
    with _listener.resting():
        yield
