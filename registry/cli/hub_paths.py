"""Paths of cards that are addresses on the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from registry.cli.configuration import is_offline
from registry.config import Config
from registry.loader.project import is_on_hub
from registry.report.printable import plain


def here(paths: Sequence[Path], config: Config) -> tuple[Path, ...]:
    """The paths, those at `hf://` as the folders that they were fetched into.

    Args:
        paths: As the user wrote them; a path turns `hf://` into `hf:/`.
        config: The caller's settings, which say which hosts may be asked.

    Raises:
        UsageError: An address is none, or the Hub does not give what it leads to.
    """
    if not any(map(is_on_hub, paths)):
        return tuple(paths)
    from registry.download.hub_repositories import fetched

    return fetched(paths, config, offline=is_offline(), tell=_tell)


def _tell(message: str) -> None:
    click.echo(plain(f"mir: warning: {message}"), err=True)
