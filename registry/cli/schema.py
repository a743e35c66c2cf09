"""`mir schema`: the JSON Schemas that cards are held to."""

from __future__ import annotations

import click

from registry.resources import resource
from registry.types import UsageError
from registry.vocabulary.slips import KnownNames

_END = ".schema.json"


@click.command("schema")
@click.argument("name", required=False)
@click.option("--path", "only_path", is_flag=True, help="Print the path of the file instead of its contents.")
def command(name: str | None, only_path: bool) -> int:
    """Print a JSON Schema, or its path, for editors and other validators; without NAME, list the names.

    `yaml-language-server` takes the path: `# yaml-language-server: $schema=PATH` at the top of a card.
    """
    folder = resource("schemas")
    names = sorted(file.name.removesuffix(_END) for file in folder.glob(f"*{_END}"))
    if name is None:
        click.echo("\n".join(names))
        return 0
    if name not in names:
        close = KnownNames(names).closest(name)
        hint = f"did you mean {close}?" if close else f"there are {', '.join(names)}"
        raise UsageError(f"there is no schema '{name}'; {hint}")
    file = folder / f"{name}{_END}"
    click.echo(str(file) if only_path else file.read_text(encoding="utf-8"), nl=only_path)
    return 0
