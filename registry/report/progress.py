"""How far a long run is, on a terminal; nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from registry.report.output import plain

Report = Callable[[int, int, str], None]
"""Called with how many are done, how many there are, and the name of the one just done."""


def begun(activity: str) -> None:
    """Say what is being done, on standard error where that is a terminal, before some seconds without a word."""
    if sys.stderr.isatty():
        click.echo(f"{plain(activity)} ...", err=True)


@contextmanager
def progress(title: str, *, shown: bool) -> Iterator[Report]:
    """A bar on standard error while a run lasts, where that is a terminal and `shown` is true."""
    console = Console(stderr=True)
    if not (shown and console.is_terminal):
        yield lambda _done, _total, _name: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def report(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{title}: {plain(name)}".replace("[", r"\["))

        yield report
