"""A content-addressed store of downloaded files: each lies under its own SHA-256, and URLs point to digests.

- `sha256/947a0866...`: a file, complete and checked
- `urls/<key>.json`: what a URL gave: digest, size
- `partial/<key>`: a download under way, resumed by the next run
- `locks/<key>`: held while a file is downloaded, so that two processes do it once
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from registry import cache_file
from registry.cache_file import cache_folder
from registry.download.policy import GIB
from registry.files import reason
from registry.locks import lock, locked_file
from registry.storage import Folder
from registry.types import OutputError


@dataclass(frozen=True, kw_only=True, slots=True)
class Cache:
    """The store.

    Attributes:
        folder: Where it lies; made when needed.
        max_bytes: How much it may hold; the files that were used longest ago go first.
        shared: A folder that other machines use too, which is asked for a file before its host is.
    """

    folder: Path
    max_bytes: int = 64 * GIB
    shared: Folder | None = None

    @classmethod
    def default(cls) -> Cache:
        """The user's cache."""
        return cls(folder=cache_folder())

    def file(self, digest: str) -> Path:
        """Where the file with this SHA-256 lies, if it is here."""
        return self.folder / "sha256" / digest

    def partial(self, url: str) -> Path:
        """Where a URL is downloaded to, its folder made.

        Raises:
            OutputError: The cache cannot be written.
        """
        return self._place("partial", url)

    @contextmanager
    def lock(self, url: str) -> Iterator[None]:
        """Held by whoever downloads this URL.

        Raises:
            OutputError: The cache cannot be written.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(locked_file(self._place("locks", url)))
            except OSError as error:
                raise self._unwritable(error) from error
            yield

    def hold(self, digest: str) -> IO[bytes] | None:
        """The file with this SHA-256, open: nobody removes it until it is closed. `None` where it is not here."""
        path = self.file(digest)
        if not cache_file.is_there(path):
            return None
        try:
            file = path.open("rb")
        except OSError:
            return None
        _try_lock(file, shared=True)
        if path.exists():
            return file
        file.close()  # somebody made room between the two calls
        return None

    def digest_of(self, url: str) -> str | None:
        """What this URL gave the last time, `None` where it was never fetched or its file is gone."""
        try:
            digest = str(json.loads(cache_file.read(self._record(url)) or b"")["sha256"])
        except (ValueError, KeyError, TypeError):
            return None
        return digest if cache_file.is_there(self.file(digest)) else None

    def adopt(self, part: Path, digest: str, url: str) -> Path:
        """Take a complete file in under its digest, remember its URL, and make room.

        Raises:
            OutputError: The cache cannot be written.
        """
        target = self.file(digest)
        try:
            size = part.stat().st_size
            target.parent.mkdir(parents=True, exist_ok=True)
            cache_file.make_way(target)
            part.replace(target)
        except OSError as error:
            raise self._unwritable(error) from error
        cache_file.write(self._record(url), json.dumps({"url": url, "sha256": digest, "size": size}).encode())
        self.prune(keep=target)
        return target

    def prune(self, *, keep: Path) -> None:
        """Remove the files that were used longest ago until the rest fits; never `keep`, nor any that is in use."""
        files = [(path.stat(), path) for path in keep.parent.iterdir() if path.is_file()]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda entry: entry[0].st_mtime):
            if total <= self.max_bytes:
                return
            if path != keep and _remove(path):
                total -= stat.st_size

    def _record(self, url: str) -> Path:
        return self.folder / "urls" / f"{key(url)}.json"

    def _place(self, part: str, url: str) -> Path:
        path = self.folder / part / key(url)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            cache_file.make_way(path)
        except OSError as error:
            raise self._unwritable(error) from error
        return path

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(f"the cache {self.folder} cannot be written: {reason(error)}")


def key(url: str) -> str:
    """A URL as a file name."""
    return hashlib.sha256(url.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _remove(path: Path) -> bool:
    """Remove a file that nobody holds."""
    try:
        with path.open("rb") as file:
            free = _try_lock(file, shared=False)
            if free:
                path.unlink()
            return free
    except OSError:
        return False


def _try_lock(file: IO[bytes], *, shared: bool) -> bool:
    """Lock an open file without waiting; false where somebody else has it. Some file systems know no locks."""
    try:
        return lock(file.fileno(), shared=shared, wait=False)
    except OSError:
        return True
