"""What every test may use."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of published cards that the registry is held against; they are not part of the project."""
    folder = Path(os.environ.get("MIR_CORPORA", ROOT.parent / "shared" / "corpora"))
    if not folder.is_dir():
        pytest.skip("the published cards are not here: set MIR_CORPORA to their folder")
    return folder
