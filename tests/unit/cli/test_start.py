"""What a command does not need is not imported: lists of modules, not times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CARD = "Models:\n- Name: a\n  Metadata: {Parameters: 25557032}\n"


def imported(folder: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "registry", *arguments],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def test_the_version_needs_nothing_but_click(tmp_path):
    found = {name for name in imported(tmp_path, "--version") if name.startswith("registry")}
    assert found == {
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
    heavy |= {"registry.verify", "registry.publish", "registry.query", "asyncio", "ssl", "http.client"}
    assert not {name for name in imported(tmp_path, *arguments) if name in heavy or name.partition(".")[0] in heavy}
