"""Digests of files, remembered, so that a dataset of a million files is read once and not each time."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from registry.cache_file import cache_folder
from registry.evidence import digests
from registry.file_facts import is_settled

_TABLE = """
CREATE TABLE IF NOT EXISTS digest (
  path TEXT PRIMARY KEY, size INTEGER, modified INTEGER, changed INTEGER, inode INTEGER, digest TEXT NOT NULL
) WITHOUT ROWID
"""
_KNOWN = "SELECT size, modified, changed, inode, digest FROM digest WHERE path = ?"
_BATCH = 1000


class Remembered:
    """A file of digests by path, size, times and inode, which several processes may use at once.

    It is a cache: a damaged one is thrown away and made anew, and without a place to keep it nothing is remembered.

    Args:
        file: Where; one in the user's cache where it is `None`.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or cache_folder() / "digests.sqlite"

    def digests(self, files: Iterable[Path]) -> Iterator[tuple[Path, str]]:
        """Each file with the digest of its contents as `sha256:<hex>`, read only where it is not remembered.

        Raises:
            OSError: A file cannot be read.
        """
        with closing(self._open()) as database:
            for number, path in enumerate(files, 1):
                yield path, _digest(database, path)
                if number % _BATCH == 0:
                    _commit(database)
            _commit(database)

    def digest(self, file: Path) -> str:
        """The digest of one file.

        Raises:
            OSError: It cannot be read.
        """
        ((_, digest),) = self.digests([file])
        return digest

    def _open(self) -> sqlite3.Connection:
        for _ in range(2):
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                return _connect(str(self._file))
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    break
                try:
                    self._file.unlink(missing_ok=True)
                except OSError:  # what cannot be mended is not used
                    break
            except OSError:
                break
        return _connect(":memory:")


def _connect(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(name, timeout=10)
    try:
        database.execute(_TABLE)
        database.execute(_KNOWN, ("",)).fetchall()
    except sqlite3.Error:
        database.close()
        raise
    return database


def _digest(database: sqlite3.Connection, path: Path) -> str:
    whole, before = str(path.resolve()), path.stat()
    facts = (before.st_size, before.st_mtime_ns, before.st_ctime_ns, before.st_ino)
    try:
        row = database.execute(_KNOWN, (whole,)).fetchone()
    except (sqlite3.Error, UnicodeEncodeError):  # a damaged page, or a name that is no Unicode
        row = None
    if row is not None and row[:4] == facts:
        digest_kept, _, check = str(row[4]).partition(" ")
        if check == _check(whole, facts, digest_kept):
            return digest_kept
    digest = digests.of_file(path)
    if is_settled(before.st_mtime_ns, before.st_ctime_ns):
        # With a full disk or under somebody else's lock this one is not remembered.
        with suppress(sqlite3.Error, UnicodeEncodeError):
            value = f"{digest} {_check(whole, facts, digest)}"
            database.execute("INSERT OR REPLACE INTO digest VALUES (?, ?, ?, ?, ?, ?)", (whole, *facts, value))
    return digest


def _check(path: str, facts: tuple[int, ...], digest: str) -> str:
    """A checksum of a row: SQLite keeps none, and would hand out what rotted on the disk."""
    return f"{zlib.crc32(repr((path, facts, digest)).encode('utf-8', 'surrogateescape')):08x}"


def _commit(database: sqlite3.Connection) -> None:
    try:
        database.commit()
    except sqlite3.Error:
        with suppress(sqlite3.Error):
            database.rollback()
