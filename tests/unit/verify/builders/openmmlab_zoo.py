"""Files of a small zoo, and claims of its models."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from registry.types import Claim, Location, Model, Quantity

needs_zoo = pytest.mark.skipif(find_spec("mmpretrain") is None, reason="mmpretrain is not installed")


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def claim(model: Model, subject: str, text: str) -> Claim:
    reported = Quantity.parse(text, "count")
    at = Location(file=model.file)
    return Claim(model=model.name, subject=subject, label=subject, kind="count", reported=reported, location=at)
