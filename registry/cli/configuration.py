"""Whose configuration a command goes by: that of whoever runs it, and never that of the cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from registry.config import Config

ALONE = "alone"
"""What the group is given as its object by a process that does nothing else."""

_NAMED = "registry.config"
_OFFLINE = "registry.offline"

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Read the settings from FILE instead of the nearest mir.toml or pyproject.toml, here or above.",
    expose_value=False,
    callback=lambda context, _, file: context.find_root().meta.update({_NAMED: file}) if file else None,
)
"""The same option for the group and for commands of their own; the last one counts."""


offline_option = click.option(
    "--offline",
    is_flag=True,
    help="Open no connection: of cards at hf://, use the copies that were fetched before.",
    expose_value=False,
    callback=lambda context, _, offline: context.find_root().meta.update({_OFFLINE: offline}),
)


def is_offline() -> bool:
    """Whether nobody is to be asked for cards of the Hub."""
    return bool(click.get_current_context().find_root().meta.get(_OFFLINE))


def named_config() -> Path | None:
    """The file that `--config` names."""
    file: Path | None = click.get_current_context().find_root().meta.get(_NAMED)
    return file


def caller_config() -> Config:
    """The configuration of whoever runs the command: the one that `--config` names, or that of the working folder.

    Raises:
        ConfigError: It cannot be read, or is wrong.
    """
    from registry.config import find_config, read_config  # the group itself needs none of these

    file = named_config()
    return find_config(Path()) if file is None else read_config(file)


def is_first() -> bool:
    """Whether this process did nothing before it asks this: what it remembers of files could not be noted any more."""
    root = click.get_current_context().find_root()
    first, root.obj = bool(root.obj == ALONE), None
    return first
