"""A folder in an object store, through fsspec.

An object is there whole or not at all. `update` needs more: that nothing comes in between. S3 promises it by conditions
on a write: `If-Match` on what was read, `If-None-Match` where nothing was. Other stores, through fsspec, know only the
second; there, and on a server that takes no notice, an object that exists is read right before it is replaced.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from registry.storage.outage import Outage, is_away, patiently, silence_abandoned
from registry.storage.url import PACKAGES, StoreUrl
from registry.types import OutputError, StorageError, StoreAwayError, UsageError

_PIECE = 16 << 20
"""Bytes of a large file that one request asks for."""

_AT_ONCE = 4
"""Pieces of a large file on their way at the same time; with them, what is held in memory."""

_CONNECTIONS = 64
"""Small files on their way at the same time."""

_ATTEMPTS = 30
"""Times that another writer may come in between before we give up."""

_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {"max_concurrency": _AT_ONCE, "config_kwargs": {"max_pool_connections": _CONNECTIONS}},
}

_CONFLICTS = {"ConditionalRequestConflict", "NoSuchKey", "PreconditionFailed", "409", "412"}
"""S3's codes for a condition that did not hold; `NoSuchKey` where what was to be replaced is gone."""


class RemoteFolder:
    """Objects below a prefix. See `Folder`. It can be sent to another process.

    Raises:
        UsageError: The package for its kind of URL is not installed.
    """

    def __init__(self, where: StoreUrl) -> None:
        self.where = where
        self.outage = Outage(str(where))
        _ = self._files
        silence_abandoned()

    def __reduce__(self) -> tuple[type[RemoteFolder], tuple[StoreUrl]]:
        return RemoteFolder, (self.where,)

    def scan(self, suffix: str, limit: int) -> Iterator[tuple[str, bytes | OSError]]:
        """Every object below the prefix, many on their way at once."""
        names = self._names("", suffix)
        for start in range(0, len(names), 16 * _CONNECTIONS):
            some = names[start : start + 16 * _CONNECTIONS]
            for name, content in zip(some, self.read_each(some, limit), strict=True):
                if not isinstance(content, FileNotFoundError):  # removed since the names were listed
                    yield name, content

    def read(self, name: str, limit: int) -> bytes:
        """The beginning of an object."""
        (answer,) = self.read_each([name], limit)
        if isinstance(answer, OSError):
            raise answer
        return answer

    def read_each(self, names: Sequence[str], limit: int) -> list[bytes | OSError]:
        """The same of several, many on their way at once."""
        return self._read_some(names, limit) if names else []

    @patiently
    def _read_some(self, names: Sequence[str], limit: int) -> list[bytes | OSError]:
        with self._telling("read"):
            paths = [self._path(name) for name in names]
            answers = self._files.cat_ranges(
                paths, [0] * len(paths), [limit + 1] * len(paths), on_error="return", batch_size=_CONNECTIONS
            )
            return [self._found(answer) for answer in answers]

    @patiently
    def write(self, name: str, data: bytes) -> None:
        """Put an object."""
        with self._telling("write", name):
            self._files.pipe_file(self._path(name), data)

    @patiently
    def update(self, name: str, limit: int, decide: Callable[[bytes | None], bytes | None]) -> None:
        """Replace an object by what follows from its contents, on the condition that it has not changed since."""
        for attempt in range(_ATTEMPTS):
            (content,) = self.read_each([name], limit)
            version, before = None, None if isinstance(content, OSError) else content
            after = decide(before)
            if before is not None and after not in (None, before):
                version, before = self._versioned(name, limit)
                after = decide(before)
            if after is None or after == before or self._put(name, after, version):
                return
            time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 6)))  # noqa: S311 - so that two do not keep step
        raise OutputError(f"cannot write {self.where / name}: others keep changing it")

    @patiently
    def bring(self, name: str, to: Path, limit: int) -> bool:
        """Copy an object to this machine, some pieces at a time."""
        path = self._path(name)
        with self._telling("read", name):
            try:
                size = int(self._files.info(path)["size"])
            except FileNotFoundError:
                return False
        if size > limit:
            raise OSError(f"{self.where / name} is larger than {limit} bytes")
        starts = range(0, size, _PIECE)
        with to.open("wb") as target:
            for first in range(0, len(starts), _AT_ONCE):
                some = list(starts[first : first + _AT_ONCE])
                ends = [min(start + _PIECE, size) for start in some]
                with self._telling("read", name):
                    pieces = self._files.cat_ranges([path] * len(some), some, ends, on_error="raise")
                target.writelines(pieces)
        return True

    @patiently
    def put(self, source: Path, name: str) -> None:
        """Copy a file of this machine to an object, in parts, which become one when the last has arrived."""
        path = self._path(name)
        with self._telling("write", name):
            if not self._files.exists(path):
                self._files.put_file(str(source), path)

    @patiently
    def remove(self, name: str) -> None:
        """Remove an object."""
        with self._telling("write", name), suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def holds_below(self, suffix: str) -> bool:
        """Whether an object whose name ends so lies below a further part of the prefix."""
        return any("/" in name for name in self._names("", suffix))

    def beginning_with(self, start: str) -> list[str]:
        """The names of the objects that begin so."""
        above, _, beginning = start.rpartition("/")
        return [name for name in self._names(above, prefix=beginning) if name.startswith(start)]

    @patiently
    def versions(self, suffix: str) -> list[tuple[str, str]] | None:
        """Every object whose name ends so, with what changes as soon as it is written anew.

        `None` where the store does not list that. It takes a request for a thousand objects.

        Raises:
            StorageError: The store cannot be read.
        """
        with self._telling("read"):
            objects = self._files.find(self._path(""), detail=True).items()
        tags = sorted(
            (name, facts.get("ETag") or facts.get("etag")) for name, facts in objects if name.endswith(suffix)
        )
        return tags if all(tag for _, tag in tags) else None

    def give_up(self) -> None:
        """Wait no more while the store is away."""
        self.outage.give_up()

    @property
    def _files(self) -> Any:
        """The filesystem; fsspec keeps one for each process and thread, so that none outlives a fork."""
        import fsspec

        scheme = self.where.scheme
        try:
            return fsspec.filesystem(scheme, use_listings_cache=False, **_OPTIONS.get(scheme, {}))
        except ImportError as error:
            package = PACKAGES[scheme]
            raise UsageError(f"{self.where} needs {package}; install it with: pip install {package}") from error

    def _path(self, name: str) -> str:
        return f"{self.where.text.partition('://')[2]}/{name}".rstrip("/")

    @patiently
    def _names(self, below: str, suffix: str = "", **how: str) -> list[str]:
        above = f"{self._path('')}/".lstrip("/")
        with self._telling("read"):
            paths = self._files.find(self._path(below), **how)
        names = (path.lstrip("/").removeprefix(above) for path in paths)
        return sorted((name for name in names if name.endswith(suffix)), key=lambda name: name.split("/"))

    def _versioned(self, name: str, limit: int) -> tuple[str | None, bytes | None]:
        """An object's version and contents, the contents perhaps newer; a condition on the version then fails."""
        with self._telling("read", name):
            try:
                version = self._files.info(self._path(name)).get("ETag", "")
                return version, self.read(name, limit)
            except FileNotFoundError:
                return None, None

    def _put(self, name: str, data: bytes, version: str | None) -> bool:
        """Write where nothing is, or over this very version; false where something else is there."""
        condition = {"mode": "create"} if version is None else {"IfMatch": version} if version else {}
        with self._telling("write", name):
            try:
                self._files.pipe_file(self._path(name), data, **condition)
            except FileExistsError:
                return False
            except OSError as error:
                if _code(error) in _CONFLICTS:
                    return False
                raise
        return True

    def _found(self, answer: Any) -> bytes | OSError:
        """What a request for an object came to; that the store as a whole is at fault is raised."""
        if _code(answer) == "InvalidRange" or getattr(answer, "code", None) == 416:  # there is no first byte
            return b""
        if isinstance(answer, bytes) or (isinstance(answer, FileNotFoundError) and _code(answer) != "NoSuchBucket"):
            return answer
        raise answer

    @contextmanager
    def _telling(self, action: str, name: str = "") -> Iterator[None]:
        """Say in one sentence what the store's own library raised."""
        try:
            yield
        except (StorageError, OutputError, UsageError):
            raise
        # Every store's library has errors of its own, which have nothing in common.
        except Exception as error:
            where = self.where / name if name else self.where
            message = (str(error).strip() or type(error).__name__).splitlines()[0]
            kind = StoreAwayError if is_away(error) else OutputError if action == "write" else StorageError
            raise kind(f"cannot {action} {where}: {message}") from error


def _code(error: object) -> str:
    """S3's code for an error, empty where it is none of S3's."""
    response = getattr(getattr(error, "__cause__", None), "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
