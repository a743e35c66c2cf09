"""`mir lsp`: a language server for editors."""

from __future__ import annotations

import click


@click.command("lsp")
def command() -> int:
    """Serve an editor over standard input and output: findings while you type, rules, completion and repairs.

    It speaks the Language Server Protocol. The guide has the settings for VS Code, Neovim, Helix and Emacs.
    """
    from registry.lsp.server import make_server

    make_server().start_io()
    return 0
