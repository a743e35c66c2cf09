"""`mir check`: what is wrong with model cards, and where."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from registry.checks import RULES, check
from registry.checks.catalogue import selector
from registry.cli.gc import without_collector
from registry.config import find_config, read_config
from registry.dialects import DIALECTS
from registry.loader import load
from registry.parallel import cores
from registry.read.limits import MAX_BYTES
from registry.report import FORMATS, Report
from registry.report.baseline import read_baseline, without_accepted, write_baseline
from registry.report.output import emit, save, wants_color
from registry.report.patch import patch, write_back
from registry.report.plain import plain
from registry.report.repair import repair
from registry.report.summary import summary
from registry.types import Finding, Index, OutputError, Source, UsageError


def _split(context: click.Context, parameter: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG001
    return tuple(item.strip().upper() for text in value for item in text.split(",") if item.strip())


def _rule_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    return [rule for rule in RULES if rule.startswith(incomplete.upper())]


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How to print the findings.",
)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the findings to FILE.")
@click.option("--dialect", type=click.Choice(list(DIALECTS)), help="Read the cards as this instead of finding out.")
@click.option(
    "--select",
    multiple=True,
    callback=_split,
    shell_complete=_rule_ids,
    metavar="RULES",
    help="Run only these rules: ids or their beginnings, with commas between.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=_split,
    shell_complete=_rule_ids,
    metavar="RULES",
    help="Leave out these rules, beside those that the configuration leaves out.",
)
@click.option("--fix", is_flag=True, help="Repair what has one right answer, then check again.")
@click.option("--diff", is_flag=True, help="Print what --fix would change as a patch, and write nothing.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Leave out the findings that FILE accepts, and name those of its entries that are gone.",
)
@click.option(
    "--write-baseline", "accept", is_flag=True, help="Accept all findings of this run in the --baseline file."
)
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Folder that nothing is read outside of.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Read [tool.mir] from FILE instead of the nearest pyproject.toml.",
)
@click.option(
    "--stdin-name",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default="stdin.md",
    show_default=True,
    help="With - for PATH: the file that standard input is to be read as.",
)
@without_collector()
def command(
    paths: tuple[Path, ...],
    form: str,
    output: Path | None,
    dialect: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    diff: bool,
    baseline: Path | None,
    accept: bool,
    root: Path | None,
    config_file: Path | None,
    stdin_name: Path,
) -> int:
    """Check the metadata of model cards, with the exact line of every mistake.

    PATH is a card, an index of cards, or a folder that holds some; without one, `paths` of [tool.mir] or the current
    folder is checked. A single - is standard input.

    Exit codes: 0 nothing worse than a remark, 1 errors or warnings, 2 wrong usage.
    """
    contents: dict[str, bytes] = {}
    if Path("-") in paths:
        if len(paths) > 1 or fix:
            raise UsageError("- (standard input) stands alone, and --fix cannot write to it; --diff shows the patch")
        paths = (stdin_name,)
        contents[os.path.realpath(stdin_name)] = _stdin()
    config = find_config(_start(paths)) if config_file is None else read_config(config_file)
    config = replace(
        config,
        dialect=dialect or config.dialect,
        select=select or config.select,
        ignore=(*config.ignore, *ignore),
    )
    # As seen from here: annotations and editors cannot use a path of this machine.
    targets = paths or tuple(Path(os.path.relpath(config.folder / path)) for path in config.paths) or (Path(),)

    def run(contents: Mapping[str, bytes]) -> tuple[Index, list[Finding]]:
        index = load(targets, root=root, dialect=config.dialect, contents=contents, processes=cores())
        return index, check(index, config=config, processes=cores())

    index, findings = run(contents)
    failed = 0
    if fix or diff:
        repaired = repair(index, findings, contents, run)
        if diff:
            _print_patch(repaired.changes)
        else:
            failed = _write(repaired.changes)
            if failed:
                index, findings = run(contents)
            else:
                index, findings = repaired.index, repaired.findings
    report = Report(findings=findings, index=index, color=output is None and wants_color(sys.stdout))
    if baseline is None and config.baseline is not None:
        baseline = config.folder / config.baseline
    if accept:
        return _accept(baseline, report)
    if baseline is not None:
        report = without_accepted(report, read_baseline(baseline), selector(config.select, config.ignore))
    if output is not None:
        save(FORMATS[form](report), output)
        if report.findings:
            click.echo(f"{summary(report)} See {output}.", err=True)
    elif not diff:
        emit(FORMATS[form](report), sys.stdout)
    return 2 if failed else int(any(finding.severity != "info" for finding in report.findings))


def _start(paths: Sequence[Path]) -> Path:
    """Where to begin the search for the configuration: the folder that all paths share."""
    return Path(os.path.commonpath([path.absolute() for path in paths])) if paths else Path()


def _stdin() -> bytes:
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UsageError(f"standard input holds more than the {MAX_BYTES // 2**20} MiB that a card can have")
    return data


def _accept(baseline: Path | None, report: Report) -> int:
    if baseline is None:
        raise UsageError("--write-baseline needs --baseline FILE, or `baseline` in [tool.mir]")
    count = write_baseline(baseline, report)
    click.echo(f"{baseline} accepts {count} finding{'' if count == 1 else 's'}.", err=True)
    return 0


def _print_patch(changes: Sequence[tuple[Source, str]]) -> None:
    lines = (line for source, text in changes for line in patch(source, text))
    # A patch must stay as it is to be applied; only a terminal needs protection from it.
    emit((f"{plain(line[:-1])}\n" for line in lines) if sys.stdout.isatty() else lines, sys.stdout)


def _write(changes: Sequence[tuple[Source, str]]) -> int:
    """Write every repair that can be written; how many could not."""
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
