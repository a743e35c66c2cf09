"""Which store a folder on the command line means, and what is said about its files that are no evidence."""

from __future__ import annotations

from collections.abc import Sequence

import click

from registry.cli.configuration import caller_config
from registry.evidence import EvidenceProblem, Store
from registry.evidence.claim_key import evidence_folder
from registry.loader.missing import missing
from registry.report.output import plain
from registry.storage import Place, StoreUrl
from registry.types import UsageError


def store_at(folder: Place) -> Store:
    """The store that a folder is, or that belongs to the cards in it.

    Raises:
        UsageError: There is no such folder.
    """
    if isinstance(folder, StoreUrl):
        return Store(folder)
    if not folder.is_dir():
        raise UsageError(f"'{folder}' is a file and no folder") if folder.exists() else missing(folder)
    beside = evidence_folder(folder, caller_config())
    if folder.name == "evidence" or (not (folder / "evidence").is_dir() and Store(folder).all()):
        return Store(folder)
    return Store(beside)


def complain(problems: Sequence[EvidenceProblem]) -> int:
    """Name the files that are no evidence on standard error; the exit code that follows."""
    for problem in problems:
        click.echo(f"mir: {plain(str(problem))}", err=True)
    return int(bool(problems))
