"""The commands that the hand-written pages show exist, with the options that they show."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from registry.cli.main import group

ROOT = Path(__file__).resolve().parents[3]
SHOWN = [
    (page.name, line)
    for page in sorted((ROOT / "site" / "pages").rglob("*.md"))
    for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
    if line.startswith("mir ")
]


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=[line for _, line in SHOWN])
def test_a_command_that_a_page_shows_is_one(page: str, line: str) -> None:
    command: click.Command = group
    words = shlex.split(line, comments=True)[1:]
    context = click.Context(group)
    while isinstance(command, click.Group):
        subcommand = command.get_command(context, words.pop(0))
        assert subcommand is not None, f"{page} shows a command that is none"
        command = subcommand
    command.make_context(command.name, words, resilient_parsing=True)
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.partition("=")[0] for word in words if word.startswith("-")} <= options
