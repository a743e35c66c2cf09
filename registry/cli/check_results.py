"""What a run of `mir check` leaves: its report, its repairs, its baseline, and what it says of itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry.config import Config
from registry.download.hub_address import as_hub_address
from registry.numbers import counted
from registry.report import FORMATS, Report
from registry.report.output import emit, plain, save
from registry.report.summary import clean, statistics, summary
from registry.types import Index, OutputError, Source, UsageError

if TYPE_CHECKING:
    from registry.cli.kept_run import KeptRun


def print_report(
    report: Report,
    form: str,
    output: Path | None,
    *,
    silent: bool,
    totals: bool,
    quiet: bool,
    cache: KeptRun | None = None,
) -> None:
    """Print a report, or write it to a file.

    Args:
        report: The findings.
        form: Name of the format.
        output: The file; standard output where it is `None`.
        silent: Print no report.
        totals: How many findings each rule has, in the place of the findings.
        quiet: Nothing on standard error.
        cache: Told what is printed, where it may be kept.
    """
    chunks = statistics(report) if totals else FORMATS[form](report)
    if cache is not None:
        chunks = cache.printing(chunks)
    if output is not None:
        save(chunks, output)
    elif not silent:
        emit(chunks, sys.stdout)
    if quiet:
        return
    if not report.findings:
        tell(clean(report), cache)
    elif output is not None:
        click.echo(f"{summary(report)} See {output}.", err=True)


def tell(line: str, cache: KeptRun | None) -> None:
    """Print a line on standard error, and have it kept where what is printed may be."""
    click.echo(line if cache is None else cache.telling(line), err=True)


def describe(config: Config, index: Index) -> None:
    """Say on standard error what this run goes by."""
    click.echo(f"Configuration: {plain(str(config.file)) if config.file else 'none, so the defaults'}", err=True)
    for card in index.cards:
        models = counted(len(card.models), "model")
        click.echo(plain(f"Read {as_hub_address(card.file)} as {card.dialect}: {models}"), err=True)


def keep_baseline(baseline: Path | None, report: Report, selected: Callable[[str], bool], *, prune: bool) -> int:
    """Accept the findings of a run in a baseline, or only remove what is no longer found; the exit code."""
    if baseline is None:
        option = "--prune-baseline" if prune else "--write-baseline"
        raise UsageError(f"{option} needs --baseline FILE, or `baseline` in [tool.mir]")
    from registry.report.baseline import prune_baseline, write_baseline

    gone = ""
    if prune:
        count, removed = prune_baseline(baseline, report, selected)
        gone = f"; {removed or 'no'} {'entry was' if removed == 1 else 'entries were'} removed"
    else:
        count = write_baseline(baseline, report, selected)
    click.echo(f"{baseline} accepts {counted(count, 'finding')}{gone}.", err=True)
    return 0


def print_patch(changes: Sequence[tuple[Source, str]]) -> None:
    """Print repairs as a patch."""
    from registry.report.repair import patch  # what only repairs need

    lines = (line for source, text in changes for line in patch(source, text))
    # A patch must stay as it is to be applied; only a terminal needs protection from it.
    emit((f"{plain(line[:-1])}\n" for line in lines) if sys.stdout.isatty() else lines, sys.stdout)


def write_repairs(changes: Sequence[tuple[Source, str]]) -> int:
    """Write every repair that can be written; how many could not."""
    from registry.report.repair import write_back  # what only repairs need

    failed = 0
    for source, text in changes:
        try:
            write_back(source, text, Path(source.file))
        except OutputError as error:
            failed += 1
            click.echo(plain(f"mir: error: {error}"), err=True)
        else:
            click.echo(plain(f"Repaired {source.file}."), err=True)
    return failed
