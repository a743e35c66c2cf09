"""The reason why a data set is not opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from registry.types import DatasetError
from registry.verify.datasets import find


def fails(name: str, option: str, path: Path, answers: str, **named: Any) -> str:
    with pytest.raises(DatasetError) as error:
        find(name, {option: path}, answers=answers, **named)
    said = str(error.value)
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1
    return said
