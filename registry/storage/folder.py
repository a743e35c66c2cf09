"""What evidence and caches need of the folder that they lie in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from registry.storage.url import Place


class Folder(Protocol):
    """Files by their names, which are relative, with `/` between their parts. Nobody ever sees half of a file."""

    @property
    def where(self) -> Place:
        """Where it is."""

    def scan(self, suffix: str, limit: int) -> Iterator[tuple[str, bytes | OSError]]:
        """Every file in and below the folder whose name ends so, in order, with its contents as `read` gives them.

        What cannot be read comes with the reason, also where it is a folder. A folder that does not exist is empty.

        Raises:
            StorageError: The place as a whole cannot be read.
        """

    def read(self, name: str, limit: int) -> bytes:
        """The first `limit + 1` bytes of a file, so that one that is larger is seen to be.

        Raises:
            OSError: It does not exist, or cannot be read.
            StorageError: The place as a whole cannot be read.
        """

    def read_each(self, names: Sequence[str], limit: int) -> list[bytes | OSError]:
        """The same of several files, in their order."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file over what stood there.

        Raises:
            OutputError: It cannot be written; nothing changed.
        """

    def update(self, name: str, limit: int, decide: Callable[[bytes | None], bytes | None]) -> None:
        """Replace a file by what follows from its contents, with no writer coming in between.

        Args:
            name: The file.
            limit: Bytes of it that are read, as by `read`.
            decide: Called with what stands there, `None` where nothing does or it cannot be read; gives what should
                stand there, `None` to leave it. Where another writer came in between it is called again, so that its
                last answer is what counts.

        Raises:
            OutputError: It cannot be written; nothing changed.
            StorageError: The place as a whole cannot be read.
            StoreAwayError: It does not answer, for longer than is waited for.
        """

    def bring(self, name: str, to: Path, limit: int) -> bool:
        """Copy a file of at most `limit` bytes to this machine, in pieces; false where there is none.

        Raises:
            OSError: It is larger or cannot be read, or `to` cannot be written; what `to` then holds is no use.
            StorageError: The place as a whole cannot be read.
        """

    def put(self, source: Path, name: str) -> None:
        """Copy a file of this machine into the folder, in pieces, unless one of this name is there.

        Raises:
            OutputError: It cannot be written; nothing changed.
        """

    def remove(self, name: str) -> None:
        """Remove a file, and its folder where nothing else is in it; nothing happens where there is none.

        Raises:
            OutputError: It cannot be removed.
        """

    def holds_below(self, suffix: str) -> bool:
        """Whether a file whose name ends so lies in a folder of the folder.

        Raises:
            StorageError: The place as a whole cannot be read.
        """

    def beginning_with(self, start: str) -> list[str]:
        """The names of the files, of any length, that begin so.

        Raises:
            StorageError: The place as a whole cannot be read.
        """

    def give_up(self) -> None:
        """Wait no more, now or later, for a place that does not answer: whoever uses it wants to end."""
