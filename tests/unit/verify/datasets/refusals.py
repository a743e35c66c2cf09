"""The reason why a data set is not opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from registry.types import DatasetError
from registry.verify.datasets import find


def fails(name: str, option: str, path: Path, answers: str, **options: Any) -> str:
    with pytest.raises(DatasetError) as error:
        find(name, {option: path}, answers=answers, **options)
    message = str(error.value)
    assert "Traceback" not in message
    assert len(message.splitlines()) == 1
    return message
