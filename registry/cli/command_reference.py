"""The reference of all commands as Markdown, made from their own help: `python -m registry.cli.command_reference`."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Iterator

import click

from registry.cli.main import group

HEAD = """\
# Commands

Exit codes: 0 clean, 1 findings or refuted claims, 2 wrong usage or an error of `mir` itself.

<!-- Made from the commands' own help by `python -m registry.cli.command_reference > site/pages/commands.md`. -->
"""


def reference() -> str:
    """A page with every command, its arguments and its options."""
    context = click.Context(group, info_name="mir")
    return "\n".join([HEAD, *(line for command in commands(group, context) for line in _page(*command))])


def commands(parent: click.Group, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Every command below a group, those of groups below it too, with the context that names it."""
    for name in parent.list_commands(context):
        command = parent.get_command(context, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=context)
        yield command, below
        if isinstance(command, click.Group):
            yield from commands(command, below)


def _page(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {context.command_path}\n"
    yield f"```text\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```\n"
    # click keeps the lines of a paragraph that begins with a backspace.
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield f"```text\n{paragraph[2:]}\n```\n" if paragraph.startswith("\b\n") else f"{paragraph}\n"
    options = [option for option in command.params if isinstance(option, click.Option)]
    rows = [row for option in options if (row := _row(option, context)) is not None]
    if rows:
        yield "| option | what it does |\n|---|---|"
        for names, help_text in rows:
            yield f"| {_code(names)} | {_cell(help_text)} |"
        yield ""
    if command.epilog:
        yield f"{command.epilog}\n"


def _row(option: click.Option, context: click.Context) -> tuple[str, str] | None:
    """What an option is called and does; its choices stand among the words, as a bar would end a cell of a table."""
    record = option.get_help_record(context)
    if record is None or not isinstance(option.type, click.Choice):
        return record
    names, help_text = record
    summary, gap, rest = help_text.partition("  [")
    choices = ", ".join(f"`{choice}`" for choice in option.type.choices)
    return re.sub(r"\[.*\]", option.opts[-1].lstrip("-").upper(), names), f"{summary} One of {choices}.{gap}{rest}"


def _code(text: str) -> str:
    """Code in a cell, where Markdown's own shows the backslash that a bar needs."""
    return f"`{text}`" if "|" not in text else f"<code>{html.escape(text).replace('|', '&#124;')}</code>"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    click.echo(reference(), nl=False)
