"""Find out which harness wrote a file, by what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from registry.harness import inspect_ai, lm_eval, mteb, openmmlab_log, trainer
from registry.harness.log import HarnessLog, HarnessLogError, UnknownLogError
from registry.harness.log_file import LogSource

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
        found = read(source)
        if found is None:
            continue
        if not found.results:
            raise HarnessLogError(f"it is a log of {found.harness} that holds no number")
        if len(found.results) > _RESULTS:
            raise HarnessLogError(f"it holds more than {_RESULTS} numbers")
        return replace(found, file=path.name, folder=str(path.absolute().parent), digest=source.digest)
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
    found = sorted(each for each in folder.rglob("*") if each.suffix in _SUFFIXES and not each.is_symlink())
    if len(found) > _MOST:
        raise HarnessLogError(f"{folder} holds more than {_MOST} files; name the logs")
    for each in found:
        if not each.name.startswith("samples_") and each.name != "model_meta.json":
            yield each
