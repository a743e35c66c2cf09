"""The file of code that a card's `Builder` names beside it: which one, and its digest. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from registry.evidence import digests
from registry.evidence.weights_beside import linked_file, path_beside
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


def code_beside(model: Model) -> Path | None:
    """The file beside the card that makes its model; `None` where none does."""
    builder = str(model.get("Builder") or "").strip()
    try:
        return file_beside(builder, model.base) if is_file(builder) else None
    except (BuildError, OSError, ValueError):  # a name that no file can have
        return None


def code_digest(model: Model) -> dict[str, str]:
    """The digest, as `builder`, of the file beside the card that makes its model; empty where none does."""
    path = code_beside(model)
    try:
        return {} if path is None else {"builder": digests.of_file(path)}
    except OSError:
        return {}


def files_beside(models: Iterable[Model]) -> list[str]:
    """The files of weights and of code beside cards: what their evidence rests on besides the cards."""
    found = (path for each in models for path in (path_beside(each), linked_file(each), code_beside(each)))
    return [str(path) for path in found if path is not None]
