"""`mir check`: what is wrong with model cards, and where."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from registry import git
from registry.card_config import CardConfigs
from registry.checks import RULES, check
from registry.checks.catalogue import selector
from registry.cli.check_results import describe, keep_baseline, print_patch, print_report, write_repairs
from registry.cli.configuration import caller_config, config_option, named_config
from registry.cli.hub_paths import here, offline_option
from registry.cli.hub_report import at_hub, at_repository
from registry.config import Config
from registry.dialects import DIALECTS
from registry.files import relative
from registry.gc import without_collector
from registry.loader import LeftOut, load
from registry.loader.project import is_on_hub
from registry.parallel import cores
from registry.read.limits import MAX_BYTES
from registry.report import FORMATS, Report
from registry.report.baseline import read_baseline, without_accepted
from registry.report.output import save, wants_color
from registry.report.plain import plain
from registry.report.repair import repair
from registry.types import SEVERITIES, Finding, Index, Severity, UsageError


def _split(context: click.Context, parameter: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG001
    items = [item.strip() for text in value for item in text.split(",") if item.strip()]
    return tuple(item.upper() if item[:3].upper() == "MIR" else item for item in items)


def _rule_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    names = [*RULES, *(rule.name for rule in RULES.values())]
    return [name for name in names if name.startswith((incomplete.upper(), incomplete.lower()))]


def _reports(context: click.Context, parameter: click.Parameter, value: Sequence[str]) -> tuple[tuple[str, Path], ...]:  # noqa: ARG001
    asked = [text.partition("=") for text in value]
    for form, _, file in asked:
        if form not in FORMATS or not file:
            raise click.BadParameter(f"'{form}' is no FORMAT=FILE; formats are {', '.join(FORMATS)}")
    return tuple((form, Path(file)) for form, _, file in asked)


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
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the findings to FILE.")
@click.option(
    "--also",
    multiple=True,
    callback=_reports,
    metavar="FORMAT=FILE",
    help="Write a further report of the same run to FILE; may be given several times.",
)
@click.option("--dialect", type=click.Choice(list(DIALECTS)), help="Read the cards as this instead of finding out.")
@click.option(
    "--select",
    multiple=True,
    callback=_split,
    shell_complete=_rule_ids,
    metavar="RULES",
    help="Run only these rules: ids, their beginnings or names, with commas between.",
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
    "--write-baseline",
    "accept",
    is_flag=True,
    help="Accept all findings of this run in the --baseline file; what it says of other files and rules stays.",
)
@click.option("--prune-baseline", "prune", is_flag=True, help="Remove the entries whose finding is gone.")
@click.option(
    "--changed-since",
    metavar="REVISION",
    help="Report only the files that changed since this branch left REVISION; the others are read as their context.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="warning",
    show_default=True,
    help="The least severity that ends in exit code 1.",
)
@click.option("--exit-zero", is_flag=True, help="End in exit code 0 whatever is found.")
@click.option("--statistics", is_flag=True, help="Print how many findings each rule has, in the place of the findings.")
@click.option("-q", "--quiet", is_flag=True, help="Print the findings and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Say which configuration and files were read.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Leave out the files and folders that PATTERN matches as in .gitignore, beside those of the configuration.",
)
@click.option("--no-gitignore", is_flag=True, help="Check files that .gitignore leaves out, too.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Folder that nothing is read outside of.",
)
@config_option
@click.option(
    "--stdin-name",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default="stdin.md",
    show_default=True,
    help="With - for PATH: the file that standard input is to be read as.",
)
@offline_option
@without_collector()
def command(
    paths: tuple[Path, ...],
    form: str,
    output: Path | None,
    also: tuple[tuple[str, Path], ...],
    dialect: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    diff: bool,
    baseline: Path | None,
    accept: bool,
    prune: bool,
    changed_since: str | None,
    fail_on: Severity,
    exit_zero: bool,
    statistics: bool,
    quiet: bool,
    verbose: bool,
    exclude: tuple[str, ...],
    no_gitignore: bool,
    root: Path | None,
    stdin_name: Path,
) -> int:
    """Check the metadata of model cards, with the exact line of every mistake.

    PATH is a card, an index of cards, a folder that holds some, or an address on the Hub: hf://owner/model[@revision],
    or hf://owner for all of an owner's models. Without one, `paths` of [tool.mir] or the current folder is checked. A
    single - is standard input.

    Exit codes: 0 nothing worse than a remark, 1 errors or warnings (see --fail-on), 2 wrong usage.
    """
    contents: dict[str, bytes] = {}
    if fix and any(map(is_on_hub, paths)):
        raise UsageError("--fix cannot write to the Hub; --diff shows the patch")
    if Path("-") in paths:
        if len(paths) > 1 or fix:
            raise UsageError("- (standard input) stands alone, and --fix cannot write to it; --diff shows the patch")
        paths = (stdin_name,)
        contents[os.path.realpath(stdin_name)] = _stdin()
    settings = caller_config()
    # Where a configuration is named, it is the one of everything.
    beside = CardConfigs(settings, Config(select=select, ignore=ignore)) if named_config() is None else None
    config = replace(
        settings,
        dialect=dialect or settings.dialect,
        select=select or settings.select,
        ignore=(*settings.ignore, *ignore),
    )
    # As seen from here: annotations and editors cannot use a path of this machine.
    targets = paths or tuple(Path(relative(config.folder / path)) for path in config.paths) or (Path(),)

    fetched = any(map(is_on_hub, targets))
    targets = here(targets, settings)
    shared = config.dialect or (beside.dialect(targets, DIALECTS) if beside is not None else None)
    left_out = LeftOut.of(config, exclude, gitignore=not no_gitignore)
    targets = _without_excluded(targets, left_out)

    changed = None if changed_since is None or not targets else git.changed_since(git.top_of(targets[0]), changed_since)

    def run(contents: Mapping[str, bytes]) -> tuple[Index, list[Finding]]:
        index = load(targets, root=root, dialect=shared, contents=contents, processes=cores(), left_out=left_out)
        findings = check(index, config=config, beside=beside, processes=cores())
        if changed is not None:
            findings = [finding for finding in findings if os.path.realpath(finding.location.file) in changed]
        return index, findings

    index, findings = run(contents)
    failed = 0
    if fix or diff:
        repaired = repair(index, findings, contents, run)
        if diff:
            print_patch([(at_repository(source, targets), text) for source, text in repaired.changes])
        else:
            failed = write_repairs(repaired.changes)
            index, findings = run(contents) if failed else (repaired.index, repaired.findings)
    if verbose:
        describe(config, index)
    report = Report(findings=findings, index=index, color=output is None and wants_color(sys.stdout))
    if fetched:
        report = at_hub(report)
    if baseline is None and config.baseline is not None:
        baseline = config.folder / config.baseline
    selected = selector(config.select, config.ignore)
    if accept or prune:
        return keep_baseline(baseline, report, selected, prune=prune)
    if baseline is not None:
        report = without_accepted(report, read_baseline(baseline), selected)
    for further, file in also:
        save(FORMATS[further](report), file)
    print_report(report, form, output, nothing=diff, counted=statistics, quiet=quiet)
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    if failed:
        return 2
    return int(not exit_zero and any(finding.severity in failing for finding in report.findings))


def _without_excluded(paths: Sequence[Path], left_out: LeftOut) -> tuple[Path, ...]:
    """The paths without files that `exclude` leaves out: pre-commit names every file that changed."""
    excluded = [path for path in paths if path.is_file() and left_out.excludes(os.path.realpath(path), is_folder=False)]
    for path in excluded:
        click.echo(plain(f"{path} is left out by `exclude`."), err=True)
    return tuple(path for path in paths if path not in excluded)


def _stdin() -> bytes:
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UsageError(f"standard input holds more than the {MAX_BYTES // 2**20} MiB that a card can have")
    return data
