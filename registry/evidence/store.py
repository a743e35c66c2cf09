"""Evidence on disk: one JSON file a claim, so that a pull request shows what changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry.evidence.names import file_of, identity
from registry.evidence.record import RecordError, from_json, to_json
from registry.files import reason, tidy, write_atomic
from registry.types import Claim, Evidence, OutputError

_LARGEST = 4 << 20
"""Bytes of a file that are read; evidence is a few thousand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A file in a store that is not evidence.

    Attributes:
        file: The file.
        message: What is wrong with it, as one sentence without the file's name.
    """

    file: Path
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


class Store:
    """A folder of evidence, `<model>/<subject>-<dataset>-<hash>.json`.

    Writers may run at the same time: a file is written beside and renamed, so that the last one wins whole.

    Attributes:
        folder: The folder; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, evidence: Evidence) -> Path:
        """Write the evidence of one claim over what stood there, and return the file.

        The card's file is recorded as seen from the folder that holds the store, so that no path of this machine
        gets into it; the claim's digest is added.

        Raises:
            OutputError: The folder cannot be written to.
        """
        path = self.path(evidence.claim)
        try:
            linked = path.parent.is_symlink()
        except OSError as error:
            raise OutputError(f"cannot write {path}: {reason(error)}") from error
        if linked:
            raise OutputError(f"cannot write {path}: {path.parent.name} is a link out of the evidence folder")
        location = replace(evidence.claim.location, file=self._shown(evidence.claim.location.file))
        claim = replace(evidence.claim, location=location)
        record = to_json(replace(evidence, claim=claim, digests={**evidence.digests, "claim": claim.digest}))
        tidy(path.parent)
        write_atomic(path, dump(record))
        return path

    def find(self, claim: Claim) -> Evidence | None:
        """The evidence of a claim, fresh or stale; `None` where there is none that can be read."""
        found = load(self.path(claim))
        return found if isinstance(found, Evidence) and identity(found.claim) == identity(claim) else None

    def all(self) -> list[Evidence]:
        """All evidence, in the order of its files."""
        return [evidence for _, evidence in self.items()]

    def items(self) -> Iterator[tuple[Path, Evidence]]:
        """Every file that holds evidence, with it."""
        for path, found in self._files():
            if isinstance(found, Evidence):
                yield path, found

    def problems(self) -> list[Problem]:
        """The JSON files in the folder that are not evidence, or not in the file where theirs belongs."""
        return [found for _, found in self._files() if isinstance(found, Problem)]

    def path(self, claim: Claim) -> Path:
        """The file for the evidence of a claim."""
        return self.folder.joinpath(*file_of(claim).parts)

    def _files(self) -> Iterator[tuple[Path, Evidence | Problem]]:
        unreadable: list[OSError] = []
        for folder, folders, names in os.walk(self.folder, onerror=unreadable.append):
            folders.sort()
            for name in sorted(names):
                if name.endswith(".json"):
                    path = Path(folder, name)
                    found = load(path)
                    if isinstance(found, Evidence) and self.path(found.claim) != path:
                        found = Problem(file=path, message=f"its claim belongs in {file_of(found.claim)}")
                    yield path, found
        for error in unreadable:
            path = Path(error.filename)
            if not isinstance(error, FileNotFoundError):  # a store that does not exist yet is empty
                yield path, Problem(file=path, message=f"cannot be read: {reason(error)}")

    def _shown(self, file: str) -> str:
        path, parent = Path(file), self.folder.resolve().parent
        portable = not path.is_absolute() and ".." not in path.parts
        try:
            inside = path.resolve().relative_to(parent).as_posix()
        except ValueError:
            return path.as_posix() if portable else path.name
        # A store in a home or temporary folder stands above the project: seen from there, paths are this machine's.
        above = Path.cwd() != parent and Path.cwd().is_relative_to(parent)
        return path.as_posix() if above and portable else inside


def dump(record: dict[str, Any]) -> bytes:
    """A record as it stands in its file.

    Half a surrogate pair, which JSON can spell and UTF-8 cannot, stays spelled as JSON does.
    """
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def load(path: Path) -> Evidence | Problem:
    """Read one file."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        return parse(data)
    except OSError as error:
        return Problem(file=path, message=f"cannot be read: {reason(error)}")
    except RecordError as error:
        return Problem(file=path, message=f"is not evidence: {error}")


def parse(data: bytes) -> Evidence:
    """Evidence from the bytes of a file.

    Raises:
        RecordError: They are something else.
    """
    if len(data) > _LARGEST:
        raise RecordError(f"it is larger than {_LARGEST} bytes")
    try:
        record = json.loads(data)
    # A few thousand brackets exhaust the parser's stack, and a number of five thousand digits its patience.
    except (ValueError, RecursionError) as error:
        raise RecordError(f"it is not JSON: {error}") from error
    return from_json(record)
