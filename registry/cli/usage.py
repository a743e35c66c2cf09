"""What is wrong with a command line, in one sentence that says what may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click

from registry.vocabulary.slips import KnownNames

_VALUE = re.compile(r"'(.*)' is not one of ", re.DOTALL)


def in_one_sentence(error: click.ClickException) -> str:
    """Such as `--fail-on: 'errr' is not one of error, warning, info; did you mean error?`."""
    if isinstance(error, click.NoSuchOption):
        spellings = [
            name for parameter in _parameters(error.ctx) for name in (*parameter.opts, *parameter.secondary_opts)
        ]
        return f"there is no option '{error.option_name}'{_meant(error.option_name, spellings, error.ctx)}"
    message = error.format_message().rstrip(".")
    if isinstance(error, click.BadParameter) and error.param is not None and error.message:
        choices = getattr(error.param.type, "choices", ())
        value = _VALUE.match(error.message)
        if choices and value:
            option = isinstance(error.param, click.Option)
            name = max(error.param.opts, key=len) if option else str(error.param.metavar or error.param.name)
            options = ", ".join(map(str, choices))
            return f"{name}: '{value[1]}' is not one of {options}{_meant(value[1], map(str, choices), None)}"
        return message
    if isinstance(error, click.UsageError) and isinstance(error.ctx, click.Context):
        group = error.ctx.command
        unknown = re.match(r"No such command '(.*?)'", message)
        if unknown and isinstance(group, click.Group):
            return f"there is no command '{unknown[1]}'{_meant(unknown[1], group.commands, error.ctx)}"
        return f"{message[:1].lower()}{message[1:]}; see {error.ctx.command_path} --help"
    return message


def _parameters(context: click.Context | None) -> list[click.Parameter]:
    return [] if context is None else context.command.get_params(context)


def _meant(word: str, words: Iterable[str], context: click.Context | None) -> str:
    close = KnownNames(words).closest(word)
    if close is not None:
        return f"; did you mean {close}?"
    return "" if context is None else f"; see {context.command_path} --help"
