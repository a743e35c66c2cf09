"""`mir init`: a starter card, a configuration and a CI workflow, where there are none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click

from registry.files import reason, write_atomic
from registry.types import UsageError

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

CONFIG = """\
[tool.mir]
paths = ["models"]  # what `mir check` reads when it is given no path
ignore = []         # rule ids or their beginnings, see `mir rules`
"""

WORKFLOW = """\
name: model cards
on: [push, pull_request]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install model-index-registry
      - run: mir check --format github
"""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
def command(folder: Path) -> int:
    """Write a starter card, [tool.mir] in pyproject.toml and a GitHub workflow into FOLDER (here by default).

    A file that exists is left as it is; pyproject.toml only gains the table, where it has none.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    _create(folder / "models" / "my-model.md", CARD)
    _configure(folder / "pyproject.toml")
    _create(folder / ".github" / "workflows" / "mir.yml", WORKFLOW)
    return 0


def _create(path: Path, text: str) -> None:
    if path.exists() or path.is_symlink():
        click.echo(f"kept     {path}")
        return
    write_atomic(path, text.encode())
    click.echo(f"created  {path}")


def _configure(path: Path) -> None:
    if not path.exists():
        _create(path, CONFIG)
        return
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
    write_atomic(path, before + gap + CONFIG.encode().replace(b"\n", newline))
    click.echo(f"extended {path}")
