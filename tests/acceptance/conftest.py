"""What several acceptance tests start from."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def many_claims(tmp_path: Path) -> Path:
    """A folder whose cards make 150 claims, for `settle.py`."""
    folder = tmp_path / "models"
    folder.mkdir()
    entries = "".join(f"- Name: m{number}\n  Metadata: {{Parameters: {number}}}\n" for number in range(150))
    (folder / "cards.yml").write_text(f"Models:\n{entries}")
    return folder
