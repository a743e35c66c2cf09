"""What a command does not need is not imported: lists of modules, not times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from registry.cli import check
from registry.dialects import DIALECTS
from registry.report import FORMATS
from registry.types import SEVERITIES

CARD = "Models:\n- Name: a\n  Metadata: {Parameters: 25557032}\n"


def imported(folder: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "registry", *arguments],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def test_the_version_needs_nothing_but_click(tmp_path):
    modules = {name for name in imported(tmp_path, "--version") if name.startswith("registry")}
    assert modules == {
        "registry",
        "registry.cli",
        "registry.cli.configuration",
        "registry.gc",
        "registry.cli.main",
        "registry.cli.signals",
    }


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("check", "card.yml")])
def test_a_card_is_checked_without_what_only_other_commands_need(tmp_path, arguments):
    (tmp_path / "card.yml").write_text(CARD)
    heavy = {"torch", "numpy", "rich", "duckdb", "jinja2", "mkdocs", "safetensors", "PIL", "pygls", "ray", "fsspec"}
    heavy |= {"registry.verify", "registry.publish", "registry.query", "asyncio", "ssl", "http.client", "html"}
    assert not {name for name in imported(tmp_path, *arguments) if name in heavy or name.partition(".")[0] in heavy}


def test_a_card_whose_check_is_kept_needs_no_rule_and_no_reader(tmp_path, monkeypatch):
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    (tmp_path / "zoo").mkdir()
    (tmp_path / "zoo" / "card.yml").write_text(CARD)
    assert "registry.checks" in imported(tmp_path / "zoo", "check", "card.yml")
    # A command itself is imported by its name, which this list does not show.
    modules = {name for name in imported(tmp_path / "zoo", "check", "card.yml") if name.startswith("registry.")}
    assert modules == {
        "registry.cache_file",
        "registry.cli",
        "registry.cli.configuration",
        "registry.gc",
        "registry.cli.kept_run",
        "registry.cli.main",
        "registry.cli.signals",
        "registry.file_facts",
        "registry.file_inputs",
    }


def test_the_options_of_a_check_name_what_there_is():
    assert (tuple(FORMATS), tuple(DIALECTS), SEVERITIES) == (check.FORMATS, check.DIALECTS, check.SEVERITIES)
