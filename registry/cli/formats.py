"""The option `--format`: the same words in every command."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    _Choice = click.Choice[str]
else:
    _Choice = click.Choice  # click 8.1 has no other

Command = TypeVar("Command", bound=Callable[..., Any])


class _Format(_Choice):
    """A choice of formats that takes `table`, as `text` was called before, where there is no table of its own."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        former = value == "table" and "table" not in self.choices
        return super().convert("text" if former else value, param, ctx)


def format_option(*formats: str, help: str) -> Callable[[Command], Command]:  # noqa: A002 - as click calls it
    """The option, with the formats of a command, its own first."""
    return click.option("--format", "form", type=_Format(formats), default=formats[0], show_default=True, help=help)
