"""Make evidence of logs, and keep it beside that of mir's own measurements, which it neither replaces nor becomes."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from registry import __version__
from registry.claims import ModelClaims
from registry.evidence import Store
from registry.evidence.claim_key import IMPORTED, identity
from registry.harness import inspect_ai, lm_eval, mteb, openmmlab_log, trainer
from registry.harness.harness_evidence import evidence_of
from registry.harness.log import HarnessLog, HarnessLogError, UnknownLogError
from registry.harness.log_file import LogSource
from registry.harness.match import Matched, Matcher, Unmatched
from registry.types import Evidence

FORMATS: Mapping[str, Callable[[LogSource], HarnessLog | None]] = {
    lm_eval.NAME: lm_eval.read,
    mteb.NAME: mteb.read,
    inspect_ai.NAME: inspect_ai.read,
    trainer.NAME: trainer.read,
    openmmlab_log.NAME: openmmlab_log.read,
}
"""The formats in the order in which a file is tried as one."""

_SUFFIXES = frozenset({".json", ".eval", ".jsonl"})
_MOST = 20_000
"""Files of a folder that are tried."""

_RESULTS = 100_000
"""Numbers of one log that are read."""


def read_log(path: Path) -> HarnessLog:
    """The log in a file.

    Raises:
        HarnessLogError: It is none, or cannot be read; one sentence.
    """
    source = LogSource.open(path)
    for read in FORMATS.values():
        log = read(source)
        if log is None:
            continue
        if not log.results:
            raise HarnessLogError(f"it is a log of {log.harness} that holds no number")
        if len(log.results) > _RESULTS:
            raise HarnessLogError(f"it holds more than {_RESULTS} numbers")
        return replace(log, file=path.name, folder=str(path.absolute().parent), digest=source.digest)
    raise UnknownLogError(f"it is no log that mir knows; it reads those of {', '.join(FORMATS)}")


def read_logs(paths: Sequence[Path]) -> Iterator[tuple[Path, HarnessLog | HarnessLogError]]:
    """Every log among files and in folders; of a folder, files that are no logs are passed over.

    Raises:
        HarnessLogError: A folder has too many files.
    """
    for path in paths:
        for file in _files(path) if path.is_dir() else (path,):
            try:
                yield file, read_log(file)
            except HarnessLogError as error:
                if not path.is_dir() or not isinstance(error, UnknownLogError):
                    yield file, error


def _files(folder: Path) -> Iterator[Path]:
    """The files of a folder that may be logs, in the order of their names; links to folders are not followed."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES and not path.is_symlink())
    if len(files) > _MOST:
        raise HarnessLogError(f"{folder} holds more than {_MOST} files; name the logs")
    for path in files:
        if not path.name.startswith("samples_") and path.name != "model_meta.json":
            yield path


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A file that is no log, and why."""

    file: Path
    reason: str


def import_logs(
    paths: Sequence[Path], models: Sequence[ModelClaims], store: Store, *, model: str = "", dataset: str = ""
) -> Iterator[Evidence | Unmatched | Unread]:
    """Write evidence of every claim that a number of some logs is about.

    Yields:
        The evidence of each claim, then what is about no claim, then what is no log.

    Raises:
        OutputError: Evidence cannot be written.
    """
    logs: list[HarnessLog] = []
    unread: list[Unread] = []
    for file, result in read_logs(paths):
        if isinstance(result, HarnessLogError):
            unread.append(Unread(file=file, reason=result.message))
        else:
            logs.append(result)
    matcher = Matcher(models, model=model, dataset=dataset)
    matched, unmatched = newest(match for log in logs for match in matcher.match(log))
    here = {"mir": __version__, "python": platform.python_version()}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for _, of_model in groupby(matched, key=lambda match: match.claim.model):
        records = [evidence_of(match, method=IMPORTED, environment=here, time=now) for match in of_model]
        yield from store.settle(records, lambda _: False)
    yield from unmatched
    yield from unread


def newest(matches: Iterable[Matched | Unmatched]) -> tuple[list[Matched], list[Unmatched]]:
    """One number of each harness for each claim, that of the newest log; and what is about none."""
    chosen: dict[tuple[str, str], Matched] = {}
    left: list[Unmatched] = []
    for match in matches:
        if isinstance(match, Unmatched):
            left.append(match)
            continue
        key = identity(match.claim), match.log.harness
        before = chosen.get(key)
        if before is None or (len(match.doubts), before.log.date) <= (len(before.doubts), match.log.date):
            chosen[key] = match
    return list(chosen.values()), left
