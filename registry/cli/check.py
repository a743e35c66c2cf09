"""`mir check`: what is wrong with model cards, and where.

The options alone, so that a run whose answer is kept needs no more; `check_run` does the work.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from registry.cli.configuration import config_option, named_config, offline_option
from registry.gc import without_collector

if TYPE_CHECKING:
    from registry.cli.kept_run import KeptRun

FORMATS = ("text", "json", "sarif", "github", "gitlab", "rdjson", "junit", "markdown")
"""The keys of `registry.report.FORMATS`, which imports every rule."""

DIALECTS = ("cards-json", "eval-results", "benchmark", "huggingface", "metafile", "model-index")
"""The keys of `registry.dialects.DIALECTS`."""

SEVERITIES = ("error", "warning", "info")
"""`registry.types.SEVERITIES`."""

_ELSEWHERE = ("accept", "also", "changed_since", "diff", "fix", "output", "prune", "verbose")
"""Options with which a run does more than to print what it finds."""


def _split(context: click.Context, parameter: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG001
    items = [item.strip() for text in value for item in text.split(",") if item.strip()]
    return tuple(item.upper() if item[:3].upper() == "MIR" else item for item in items)


def _rule_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    from registry.checks import RULES  # only for who presses Tab

    names = [*RULES, *(rule.name for rule in RULES.values())]
    return [name for name in names if name.startswith((incomplete.upper(), incomplete.lower()))]


def _reports(context: click.Context, parameter: click.Parameter, value: Sequence[str]) -> tuple[tuple[str, Path], ...]:  # noqa: ARG001
    reports = [text.partition("=") for text in value]
    for form, _, file in reports:
        if form not in FORMATS or not file:
            from registry.types import UsageError  # only for who mistypes
            from registry.vocabulary.slips import KnownNames

            meant = KnownNames(FORMATS).closest(form) if form not in FORMATS else f"{form}={form}.txt"
            hint = f"; did you mean {meant}?" if meant else ""
            raise UsageError(f"--also: '{form}' is no FORMAT=FILE; formats are {', '.join(FORMATS)}{hint}")
    return tuple((form, Path(file)) for form, _, file in reports)


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Format of the output.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the output to FILE.")
@click.option(
    "--also",
    multiple=True,
    callback=_reports,
    metavar="FORMAT=FILE",
    help="Write the findings to FILE too, in another format; may be repeated.",
)
@click.option("--dialect", type=click.Choice(DIALECTS), help="Format of the cards; detected without this option.")
@click.option(
    "--select",
    multiple=True,
    callback=_split,
    shell_complete=_rule_ids,
    metavar="RULES",
    help="Run only these rules: ids, beginnings of ids or names, separated by commas.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=_split,
    shell_complete=_rule_ids,
    metavar="RULES",
    help="Leave out these rules, and those that the configuration leaves out.",
)
@click.option("--fix", is_flag=True, help="Repair what has one right answer, then check again.")
@click.option("--diff", is_flag=True, help="Print what --fix would change as a patch, and write nothing.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Leave out the findings that FILE accepts, and name entries whose finding is gone.",
)
@click.option(
    "--write-baseline",
    "accept",
    is_flag=True,
    help="Accept all findings of this run in the --baseline file; entries of other files and rules stay.",
)
@click.option("--prune-baseline", "prune", is_flag=True, help="Remove the entries whose finding is gone.")
@click.option(
    "--changed-since",
    metavar="REVISION",
    help="Report only files that changed since this branch left REVISION; the others are read as context.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="warning",
    show_default=True,
    help="Lowest severity that gives exit code 1.",
)
@click.option("--exit-zero", is_flag=True, help="Always exit with 0, whatever is found.")
@click.option("--statistics", is_flag=True, help="Print the number of findings of each rule instead of the findings.")
@click.option("-q", "--quiet", is_flag=True, help="Print the findings and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Print which configuration and files were read, too.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Leave out files and folders that PATTERN matches, written as in .gitignore; may be repeated.",
)
@click.option("--no-gitignore", is_flag=True, help="Check files that .gitignore names, too.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Read nothing outside of FOLDER.",
)
@config_option
@click.option(
    "--stdin-name",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default="stdin.md",
    show_default=True,
    help="With - for PATH: the name that standard input is given, which decides its format.",
)
@offline_option
@click.option(
    "--no-cache",
    is_flag=True,
    help="Check again even where no file changed, and keep no result.",
)
@without_collector()
@click.pass_context
def command(context: click.Context, /, *, no_cache: bool, **options: Any) -> int:
    """Check the metadata of model cards, with the exact line of every mistake.

    PATH is a card, an index of cards, a folder that holds some, or an address on the Hub: hf://owner/model[@revision],
    or hf://owner for all of an owner's models. Without one, `paths` of [tool.mir] or the current folder is checked. A
    single - is standard input.

    Exit codes: 0 nothing worse than a remark, 1 errors or warnings (see --fail-on), 2 wrong usage.
    """
    run = None if no_cache else _kept(context, options)
    if run is not None and (earlier := run.said()) is not None:
        printed, messages, code = earlier
        sys.stdout.write(printed)
        sys.stdout.flush()
        for line in messages:
            click.echo(line, err=True)
        return code
    from registry.cli.check_run import check_cards

    if run is None:
        return check_cards(None, **options)
    with run.inputs.listening():
        code = check_cards(run, **options)
    run.keep(code)
    return code


def _kept(context: click.Context, options: dict[str, Any]) -> KeptRun | None:
    """What may be kept of such a run; `None` where it does more, or asks more than the file system."""
    paths: tuple[Path, ...] = options["paths"]
    config_file = named_config()
    # What a process remembers of files that it has asked about before could not be noted.
    if "registry.loader" in sys.modules or any(options[name] for name in _ELSEWHERE):
        return None
    if any(str(path) == "-" or str(path).startswith(("hf:", "http")) for path in paths):
        return None
    from registry.cli.kept_run import KeptRun  # what `--no-cache` does not need

    run = KeptRun([context.command_path, config_file, options])
    trees = [*paths, Path(), *filter(None, (options["root"], config_file))]
    return run if all(map(run.is_trusted_for, trees)) else None
