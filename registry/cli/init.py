"""`mir init`: a configuration, a hook and a workflow for the cards that are there, or a starter card."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from registry import __version__
from registry.card_config import CardConfigs
from registry.checks import check
from registry.cli.init_config import configuration_of, configure, installed_from, name_baseline
from registry.config import Config, find_config
from registry.files import relative, write_atomic
from registry.loader import LeftOut, load
from registry.loader.cards import Cards, find_cards
from registry.loader.missing import missing, neighbour
from registry.report import Report
from registry.report.baseline import read_baseline, without_accepted, write_baseline
from registry.report.output import plain
from registry.report.summary import summary
from registry.types import UsageError
from registry.vocabulary.toml_files import own_table

_TEXTS = own_table(Path(__file__).with_suffix(".toml"))
CARD, WORKFLOW, BY_COMMIT, HOOK_BY_COMMIT = (
    _TEXTS[name] for name in ("card", "workflow", "by_commit", "hook_by_commit")
)
BY_VERSION, HOOK, GITLAB_JOB = (
    _TEXTS[name].format(version=__version__) for name in ("by_version", "hook", "gitlab_job")
)
"""What is written: a card, a workflow with its steps, a hook, and a job of GitLab's."""

BASELINE = "mir-baseline.json"

_SHOWN = 5
"""Files or folders that are named, of many."""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--baseline/--no-baseline",
    default=None,
    help=f"Accept what is found today in {BASELINE}, so that only new findings fail; asked for on a terminal.",
)
def command(folder: Path, baseline: bool | None) -> int:
    """Set up the check of the model cards in FOLDER (here by default): configuration, pre-commit hook and workflow.

    Cards of every format are looked for, not in dependencies, builds, tests and submodules; where there is none, a
    starter card is written. The configuration goes into pyproject.toml where there is one, else into mir.toml. A file
    that exists is left as it is, but for a table or a key that a configuration lacks.
    """
    if not folder.exists() and neighbour(folder) is not None:
        raise missing(folder)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    cards = find_cards(folder)
    if cards.files:
        click.echo(f"found    {cards.describe()}")
    if cards.foreign:
        click.echo(f"left out cards in {_some(cards.foreign)}: tests, builds, other people's code")
    if cards.ignored:
        raise UsageError(
            f".gitignore hides the cards here: {_some(cards.ignored)}. CI would not see them: take them from it, or "
            "add them with `git add --force`; then run `mir init` again."
        )
    if not cards.files:
        _create(folder / "models" / "my-model.md", CARD)
        cards = Cards(files=("models/my-model.md",), paths=("models",), models=1)
    click.echo(configure(folder, cards))
    open_ = _check(folder, cards, accept=baseline)
    _guard(folder, cards)
    then = "`mir check` shows them" if open_ else "`mir check` reads these cards"
    click.echo(f"next     {then}; `mir explain RULE` tells more of a finding")
    return 0


def _check(folder: Path, cards: Cards, *, accept: bool | None) -> bool:
    """Read the cards as `mir check` will, and accept what is found where that is wanted; whether findings are left."""
    config = find_config(folder)
    paths = [Path(relative(config.folder / path)) for path in config.paths] or [folder]
    index = load(paths, left_out=LeftOut.of(config))
    read = set(index.files)
    unread = [file for file in cards.files if os.path.realpath(folder / file) not in read]
    if unread:
        click.echo(f"unread   {_some(unread)}: add to `paths` of {_shown(config)}, or take from its `exclude`")
    report = Report(findings=check(index, config=config, beside=CardConfigs(config)), index=index)
    baseline = None if config.baseline is None else config.folder / config.baseline
    left = (
        report
        if baseline is None or not baseline.exists()
        else without_accepted(report, read_baseline(baseline), _every)
    )
    if all(finding.severity == "info" for finding in left.findings):
        return False
    if not _accepts(summary(left), accept=accept):
        return True
    if baseline is None:
        baseline = folder / BASELINE
        click.echo(name_baseline(configuration_of(folder), BASELINE))
    write_baseline(baseline, report, _every)
    click.echo(f"written  {relative(baseline)}: these findings are accepted for now")
    return False


def _every(rule: str) -> bool:  # noqa: ARG001
    return True


def _accepts(totals: str, *, accept: bool | None) -> bool:
    """Whether to write a baseline: as the option says, else as the person at the terminal does."""
    if accept is None and sys.stdin.isatty():
        return click.confirm(f"{totals} Accept them for now in {BASELINE}, so that only new ones fail?", default=False)
    click.echo(f"check    {totals}")
    if accept is None:
        click.echo("         `mir init --baseline` accepts them for now, so that only new ones fail.")
    return bool(accept)


def _guard(folder: Path, cards: Cards) -> None:
    """Write the hook and the workflow, where they are found: at the top of a repository."""
    top = next((above for above in Path(os.path.realpath(folder)).parents if (above / ".git").exists()), None)
    if top is not None and not (folder / ".git").exists():
        click.echo(f"skipped  hook and workflow, which belong to the top of the repository: `mir init {relative(top)}`")
        return
    source = installed_from()
    lines = HOOK if source is None else HOOK_BY_COMMIT.format(source=source)
    steps = BY_VERSION if source is None else BY_COMMIT.format(source=source)
    hook, gitlab = folder / ".pre-commit-config.yaml", folder / ".gitlab-ci.yml"
    _create(hook, lines, "mir-check", lines.partition("\n")[2])
    if gitlab.exists() and not (folder / ".github").exists():
        _create(gitlab, "", "mir check", GITLAB_JOB)
    elif not cards.hub:
        _create(folder / ".github" / "workflows" / "mir.yml", WORKFLOW + steps)


def _create(path: Path, text: str, holds: str = "", lacks: str = "") -> None:
    """Write a file where there is none; one that is there and does not hold some words is said to lack some lines."""
    if not path.exists() and not path.is_symlink():
        write_atomic(path, text.encode())
        click.echo(f"created  {path}")
    elif lacks and holds not in path.read_text(encoding="utf-8", errors="replace"):
        click.echo(f"kept     {path}; add to it:\n\n{lacks}")
    else:
        click.echo(f"kept     {path}")


def _some(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return plain(", ".join(names[:_SHOWN]) + more)


def _shown(config: Config) -> str:
    return "the configuration" if config.file is None else relative(config.file)
