"""`mir completion`: the script that lets a shell complete commands, options and rule ids."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="bash|zsh|fish")
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the completion script of a shell.

    \b
    bash: mir completion bash > ~/.local/share/bash-completion/completions/mir
    zsh:  mir completion zsh > "${fpath[1]}/_mir"
    fish: mir completion fish > ~/.config/fish/completions/mir.fish
    """  # noqa: D301 - click takes the backspace as a mark to keep the lines
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, "mir", "_MIR_COMPLETE").source())
    return 0
