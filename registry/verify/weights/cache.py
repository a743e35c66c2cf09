"""A content-addressed store of downloaded files: each lies under its own SHA-256, and URLs point to digests.

- `sha256/947a0866...`: a file, complete and checked
- `urls/<key>.json`: what a URL gave: digest, size
- `partial/<key>`: a download under way, resumed by the next run
- `locks/<key>`: held while a file is downloaded, so that two processes do it once
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from registry.files import cache_folder
from registry.types import OutputError
from registry.verify.weights.policy import GIB

Progress = Callable[[str, int, int | None], None]
"""Told what is being fetched, the bytes that are there, and how many there will be, where that is known."""

_IN_USE_SECONDS = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Cache:
    """The store.

    Attributes:
        folder: Where it lies; made when needed.
        max_bytes: How much it may hold; the files that were used longest ago go first.
    """

    folder: Path
    max_bytes: int = 64 * GIB

    @classmethod
    def default(cls) -> Cache:
        """The user's cache."""
        return cls(folder=cache_folder())

    def place(self, part: str, name: str) -> Path:
        """The path of an entry, its folder made.

        Raises:
            OutputError: The cache cannot be written.
        """
        folder = self.folder / part
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"the cache {folder} cannot be written: {error.strerror or error}") from error
        return folder / name

    def lock(self, url: str) -> FileLock:
        """Held by whoever downloads this URL."""
        return FileLock(self.place("locks", key(url)))

    def file(self, digest: str) -> Path:
        """Where the file with this SHA-256 lies, if it is here."""
        return self.place("sha256", digest)

    def digest_of(self, url: str) -> str | None:
        """What this URL gave the last time, `None` where it was never fetched or its file is gone."""
        try:
            record = json.loads(self.place("urls", f"{key(url)}.json").read_text(encoding="utf-8"))
            digest = str(record["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return digest if self.file(digest).is_file() else None

    def adopt(self, part: Path, digest: str, url: str) -> Path:
        """Take a complete file in under its digest, remember its URL, and make room.

        Raises:
            OutputError: The cache cannot be written.
        """
        kept, record = self.file(digest), self.place("urls", f"{key(url)}.json")
        beside = record.with_name(f"{record.name}.{os.getpid()}")
        try:
            size = part.stat().st_size
            part.replace(kept)
            beside.write_text(json.dumps({"url": url, "sha256": digest, "size": size}), encoding="utf-8")
            beside.replace(record)
        except OSError as error:
            raise OutputError(f"the cache {self.folder} cannot be written: {error.strerror or error}") from error
        self.prune(keep=kept)
        return kept

    def prune(self, *, keep: Path) -> None:
        """Remove the files that were used longest ago until the rest fits; never `keep`, nor any of the last hour."""
        files = [(path.stat(), path) for path in self.place("sha256", "").iterdir() if path.is_file()]
        held = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda entry: entry[0].st_mtime):
            if held <= self.max_bytes or time.time() - stat.st_mtime < _IN_USE_SECONDS:
                return
            if path != keep:
                path.unlink(missing_ok=True)
                held -= stat.st_size


def key(url: str) -> str:
    """A URL as a file name."""
    return hashlib.sha256(url.encode()).hexdigest()[:32]
