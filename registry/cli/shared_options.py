"""Options and arguments that mean the same in every command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from registry.storage import Place, StoreUrl, place
from registry.types import UsageError

if TYPE_CHECKING:
    _Choice = click.Choice[str]
    _Type = click.ParamType[Place]
else:
    _Choice, _Type = click.Choice, click.ParamType  # click 8.1 has no others

Command = TypeVar("Command", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)


class _Format(_Choice):
    """A choice of formats that takes `table`, as `text` was called before, where there is no table of its own."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        former = value == "table" and "table" not in self.choices
        return super().convert("text" if former else value, param, ctx)


def format_option(*formats: str, help: str = "Format of the output.") -> Callable[[Command], Command]:  # noqa: A002
    """The option `--format`, with the formats of a command, its own first."""
    return click.option("--format", "form", type=_Format(formats), default=formats[0], show_default=True, help=help)


class _Place(_Type):
    """A path, or a URL such as `s3://bucket/evidence`, which `click.Path` would take for a path and cut a slash off."""

    name = "path or url"

    def __init__(self, *, exists: bool = False) -> None:
        self.exists = exists

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:  # noqa: ARG002
        folder = value if isinstance(value, Path | StoreUrl) else place(value)
        if self.exists and isinstance(folder, Path) and not folder.exists():
            from registry.loader.missing import missing

            raise missing(folder)
        return folder


PLACE = _Place()
READ_PLACE = _Place(exists=True)
"""One that is only read, so that a misspelt folder is no empty one."""


def pair(option: str, text: str, example: str) -> tuple[str, str]:
    """The two halves of an option of the form NAME=VALUE.

    Raises:
        UsageError: It has not two.
    """
    name, separator, value = text.partition("=")
    if not (separator and name and value):
        raise UsageError(f"{option} {text}: it must be NAME=VALUE, such as {example}")
    return name, value
