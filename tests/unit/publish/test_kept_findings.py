"""A site that is built again takes what `mir check` kept, and shows the same findings as one built of nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

CARD = "Models:\n- Name: {}\n  Metadata: {{Parameters: {}}}\n"


def findings(folder: Path, cache: Path) -> list[str]:
    """The rules of the findings that the pages of the cards tell of."""
    command = [sys.executable, "-m", "registry", "site", "pages", "cards", "--output", "pages"]
    environment = {**os.environ, "MIR_CACHE": str(cache)}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return [finding["rule"] for finding in json.loads((folder / "pages/api/v1/findings.json").read_text())["data"]]


def test_a_changed_card_is_checked_again(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    for name in ("one", "two"):
        (tmp_path / "cards" / f"{name}.yml").write_text(CARD.format(name, 25557032))
    first = findings(tmp_path, tmp_path.parent / f"{tmp_path.name}-cache")
    (tmp_path / "cards" / "two.yml").write_text(CARD.format("one", "many"))
    again = findings(tmp_path, tmp_path.parent / f"{tmp_path.name}-cache")
    assert list((tmp_path.parent / f"{tmp_path.name}-cache").rglob("*.parts")), "something was kept"
    assert again == findings(tmp_path, tmp_path.parent / f"{tmp_path.name}-other")
    assert again != first
    assert "MIR305" in again
