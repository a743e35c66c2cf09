"""Repairs as a patch that `git apply` and `patch -p1` take, and written back to the files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from registry.files import reason, write_atomic
from registry.types import OutputError, Source


def patch(source: Source, text: str) -> Iterator[str]:
    """The unified diff from a file as it was read to `text`, line by line."""
    import difflib  # only for repairs

    before, after, name = _lines(source.text), _lines(text), source.file.lstrip("/")
    for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def write_back(source: Source, text: str, path: Path) -> None:
    """Write a repaired text over the file it came from, in the encoding that it had; follows symbolic links.

    Raises:
        OutputError: The file cannot be written, or is no longer what was read; it is left as it is.
    """
    path = path.resolve()
    try:
        before = path.read_bytes()
    except OSError as error:
        raise OutputError(f"{source.file} was not repaired: {reason(error)}") from error
    for encoding in ("utf-8", "utf-8-sig"):
        if before == source.text.encode(encoding, "surrogatepass"):
            write_atomic(path, text.encode(encoding, "surrogatepass"))
            return
    raise OutputError(f"{source.file} was not repaired: it changed while it was checked, or is not UTF-8")


def _lines(text: str) -> list[str]:
    """Lines with their ends; only a line feed ends one, as for `patch`."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
