"""The command line: one command per file, imported when it is asked for."""

from registry.cli.main import main

__all__ = ["main"]
