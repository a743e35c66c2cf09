"""`mir init`: a configuration, a hook and a workflow for the cards that are there, or a starter card."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import click

from registry import __version__
from registry.checks import check
from registry.files import reason, write_atomic
from registry.loader import LeftOut, load
from registry.loader.cards import Cards, find_cards
from registry.report import Report
from registry.report.baseline import write_baseline
from registry.report.plain import plain
from registry.report.summary import summary
from registry.types import Finding, Index, UsageError

CARD = """\
<!--
Type: model-index
Models:
- Name: my-model
  README: my-model.md
  # Numbers are claims: write each as precisely as you measured it, and `mir verify` holds you to it.
  # Metadata:
  #   Parameters: 61100840
  #   FLOPs: 714206040
  #   Training Data: ImageNet
  # Results:
  # - Task: Image Classification
  #   Dataset: ImageNet
  #   Metrics:
  #     Top 1 Accuracy: 56.55%
  #     Top 5 Accuracy: 79.09%
  # Weights: https://example.com/my-model-4df8aa71.pth
  # Code: https://example.com/my-model.py
-->

# my-model

What the model does, how it was trained, and what it should not be used for.
"""

WORKFLOW = f"""\
name: model cards
on:
  push:
    branches: [main, master]
  pull_request:
permissions:
  contents: read
concurrency:
  group: ${{{{ github.workflow }}}}-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  check:
    name: check
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
        with:
          python-version: "3.12"
      - run: pip install 'model-index-registry=={__version__}'
      - run: mir check --format github --also "markdown=$GITHUB_STEP_SUMMARY"
"""

HOOK = f"""\
repos:
- repo: local
  hooks:
  - id: mir-check
    name: check model cards
    entry: mir check
    language: python
    additional_dependencies: ["model-index-registry=={__version__}"]
    types: [text]
    files: '\\.(md|mdx|markdown|ya?ml|json|toml)$'
    pass_filenames: false
    require_serial: true
"""

BASELINE = "mir-baseline.json"


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--baseline/--no-baseline",
    default=None,
    help=f"Accept what is found today in {BASELINE}, so that only new findings fail; asked for on a terminal.",
)
def command(folder: Path, baseline: bool | None) -> int:
    """Set up the check of the model cards in FOLDER (here by default): configuration, pre-commit hook and workflow.

    Cards of every format are looked for, not in dependencies, builds and tests; where there is none, a starter card is
    written. The configuration goes into pyproject.toml where there is one, else into mir.toml. A file that exists is
    left as it is; pyproject.toml only gains a table, where it lacks it.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    cards = find_cards(folder)
    if cards.files:
        click.echo(f"found    {cards.describe()}")
    else:
        _create(folder / "models" / "my-model.md", CARD)
        cards = Cards(files=("models/my-model.md",), paths=("models",), models=1)
    left_out = LeftOut(folder=str(folder.resolve()), exclude=tuple(f"/{path}/" for path in cards.foreign))
    index = load([folder / path for path in cards.paths], left_out=left_out)
    findings = check(index)
    accepts = _accepts(findings, index, wanted=baseline)
    _configure(folder, cards, accepts=accepts)
    if accepts:
        report = Report(findings=findings, index=index)
        write_baseline(folder / BASELINE, report, lambda rule: True)  # noqa: ARG005
        click.echo(f"created  {folder / BASELINE}")
    _create(folder / ".pre-commit-config.yaml", HOOK, "add the hook `mir check` to it; the guide has the lines")
    if not cards.hub:
        _create(folder / ".github" / "workflows" / "mir.yml", WORKFLOW)
    click.echo("next     `mir check` reads these cards; `mir explain RULE` tells more of a finding")
    return 0


def _accepts(findings: list[Finding], index: Index, *, wanted: bool | None) -> bool:
    """Whether to write a baseline: as the option says, else as the person at the terminal does."""
    if all(finding.severity == "info" for finding in findings):
        return False
    said = summary(Report(findings=findings, index=index))
    if wanted is None and sys.stdin.isatty():
        return click.confirm(f"{said} Accept them for now in {BASELINE}, so that only new ones fail?", default=False)
    click.echo(f"check    {said}" + ("" if wanted is not None else " `mir init --baseline` accepts them for now."))
    return bool(wanted)


def _create(path: Path, text: str, otherwise: str = "") -> None:
    if path.exists() or path.is_symlink():
        click.echo(f"kept     {path}" + (f": {otherwise}" if otherwise else ""))
        return
    write_atomic(path, text.encode())
    click.echo(f"created  {path}")


def _settings(cards: Cards, *, accepts: bool) -> str:
    paths = ", ".join(f'"{_escaped(path)}"' for path in cards.paths)
    lines = [f"paths = [{paths}]  # what `mir check` reads when it is given no path"]
    if inside := [folder for folder in cards.foreign if any(_holds(path, folder) for path in cards.paths)]:
        folders = ", ".join(f'"/{_escaped(folder)}/"' for folder in inside)
        lines.append(f"exclude = [{folders}]  # as in .gitignore")
    if accepts:
        lines.append(f'baseline = "{BASELINE}"  # findings that are accepted for now')
    return "".join(f"{line}\n" for line in lines)


def _holds(path: str, folder: str) -> bool:
    return path == "." or folder.startswith(f"{path}/")


def _escaped(text: str) -> str:
    return plain(text).replace("\\", "\\\\").replace('"', '\\"')


def _configure(folder: Path, cards: Cards, *, accepts: bool) -> None:
    path, settings = folder / "pyproject.toml", _settings(cards, accepts=accepts)
    if (folder / "mir.toml").exists() or not path.exists():
        # An empty pyproject.toml would change how pip builds a project that has only a setup.py.
        _create(folder / "mir.toml", settings)
        return
    table = f"[tool.mir]\n{settings}"
    try:
        before = path.read_bytes()
        tool = tomllib.loads(before.decode()).get("tool")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {reason(error)}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not TOML, so [tool.mir] was not added: {error}") from error
    if isinstance(tool, dict) and "mir" in tool:
        click.echo(f"kept     {path}")
        return
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    gap = b"" if not before else newline if before.endswith(b"\n") else newline * 2
    write_atomic(path, before + gap + table.encode().replace(b"\n", newline))
    click.echo(f"extended {path}")
