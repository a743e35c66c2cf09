"""What a command can do is said in its help and in the documentation."""

from pathlib import Path

import click
import pytest

from registry.cli.command_reference import commands, reference
from registry.cli.main import COMMANDS, group

PAGE = Path(__file__).resolve().parents[2] / "site" / "pages" / "commands.md"
FOUND = [(context.command_path, command) for command, context in commands(group, click.Context(group, info_name="mir"))]


@pytest.mark.parametrize(("path", "command"), FOUND, ids=[path for path, _ in FOUND])
def test_every_command_and_option_has_help(path, command):
    assert command.help, f"{path} says nothing about itself"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{path} {parameter.opts[0]} says nothing about itself"


def test_every_command_is_listed_with_one_line():
    assert {path.split()[1] for path, _ in FOUND} == set(COMMANDS)
    assert all(sentence.endswith(".") for sentence in COMMANDS.values())


def test_the_reference_is_what_thecommands_say():
    update = "run: python -m registry.cli.command_reference > site/pages/commands.md"
    assert PAGE.read_text(encoding="utf-8") == reference(), update
