"""The file of code that a card's `Builder` names beside it: which one, and its digest. Needs no torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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
    paths = (path for model in models for path in (path_beside(model), linked_file(model), code_beside(model)))
    return [str(path) for path in paths if path is not None]


MOST = 24
"""Parts of a model that are kept; a chart of more is not read."""

ITSELF = "(the model itself)"


def by_block(by_layer: Mapping[str, int], most: int = MOST) -> dict[str, int]:
    """Add layers up by the beginning of their dotted paths, as fine as `most` parts allow, in the model's order.

    >>> by_block({"stem": 1, "body.0.a": 2, "body.0.b": 3, "body.1.a": 4}, most=3)
    {'stem': 1, 'body.0': 5, 'body.1': 4}
    """
    depth = depth_of(by_layer)
    blocks = at_depth(by_layer, depth)
    while depth > 1 and len(blocks) > most:
        depth -= 1
        blocks = at_depth(by_layer, depth)
    return blocks


def at_depth(by_layer: Mapping[str, int], depth: int) -> dict[str, int]:
    """Add layers up by the first `depth` parts of their paths."""
    blocks: Counter[str] = Counter()
    for path, count in by_layer.items():
        if count:
            blocks[".".join(path.split(".")[:depth]) or ITSELF] += count
    return dict(blocks)


def depth_of(by_layer: Mapping[str, int]) -> int:
    """How many parts the longest path has."""
    return max((path.count(".") + 1 for path in by_layer), default=1)
