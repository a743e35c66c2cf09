"""The file of code that a card's `Builder` names beside it: which one, and its digest. Needs no torch."""

from __future__ import annotations

import hashlib
from pathlib import Path

from registry.types import BuildError, Model


def is_file(builder: str) -> bool:
    """Whether a text names a Python file and something in it.

    >>> is_file("./train.py:Net"), is_file("timm:resnet50")
    (True, False)
    """
    return builder.rpartition(":")[0].endswith(".py")


def file_beside(builder: str, base: str) -> Path:
    """The file that a builder names within the card's folder.

    Raises:
        BuildError: There is no such file.
    """
    text = builder.rpartition(":")[0]
    folder = Path(base).resolve()
    path = (folder / text).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise BuildError(f"'{builder}' is a file of code, and there is no {text} in the card's folder")
    return path


def code_digest(model: Model) -> dict[str, str]:
    """The digest, as `builder`, of the file beside the card that makes its model; empty where none does."""
    builder = str(model.get("Builder") or "").strip()
    if not is_file(builder):
        return {}
    try:
        return {"builder": "sha256:" + hashlib.sha256(file_beside(builder, model.base).read_bytes()).hexdigest()}
    except (BuildError, OSError):
        return {}
