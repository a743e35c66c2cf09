"""Paths of cards that are addresses on the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from registry.config import Config
from registry.loader.project import is_on_hub
from registry.report.plain import plain

_OFFLINE = "registry.offline"

offline_option = click.option(
    "--offline",
    is_flag=True,
    help="Of cards at hf://, take those that were fetched before, and ask nobody.",
    expose_value=False,
    callback=lambda context, _, given: context.find_root().meta.update({_OFFLINE: given}),
)


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

    offline = bool(click.get_current_context().find_root().meta.get(_OFFLINE))
    return fetched(paths, config, offline=offline, tell=_tell)


def _tell(message: str) -> None:
    click.echo(plain(f"mir: warning: {message}"), err=True)
