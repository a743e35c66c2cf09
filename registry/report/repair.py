"""Repairs, worked out in memory until nothing is left to repair: one can uncover another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.checks.fixes import apply
from registry.files import reason, write_atomic
from registry.types import Finding, Index, OutputError, Source

_PASSES = 10
"""Repairs that go on for longer would never end, and be a mistake of ours."""

Check = Callable[[Mapping[str, bytes]], tuple[Index, list[Finding]]]
"""Loads and checks with some texts in place of what is on disk, by real path."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Repaired:
    """What is left after all repairs.

    Attributes:
        findings: What is still wrong with them.
        changes: Each file that changes as it was read, and its new text.
    """

    index: Index
    findings: list[Finding]
    changes: tuple[tuple[Source, str], ...]


def repair(index: Index, findings: Sequence[Finding], contents: Mapping[str, bytes], check: Check) -> Repaired:
    """Repair what the findings say how to, and check again; nothing is written."""
    contents = dict(contents)
    left = list(findings)
    before: dict[str, Source] = {}
    after: dict[str, str] = {}
    for _ in range(_PASSES):
        texts = apply(left, index.sources)
        if not texts:
            break
        for file, text in texts.items():
            before.setdefault(file, index.sources[file])
            after[file] = text
            contents[os.path.realpath(file)] = text.encode()
        index, left = check(contents)
    changes = tuple((before[file], text) for file, text in sorted(after.items()) if text != before[file].text)
    return Repaired(index=index, findings=left, changes=changes)


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
