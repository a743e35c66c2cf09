"""What a card's evaluation is set up from, as one digest, so that evidence can be called fresh without its libraries.

Which weights, which preparation and which numbering of the classes a card comes to is told by the library that builds
its model, and to import torch and transformers for that takes longer than all the rest of a run that measures nothing.
Where everything that they would be told from is as it was, they would tell the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from registry.evidence import digests
from registry.evidence.meaning import of_meaning
from registry.evidence.weights_beside import path_beside
from registry.types import Evidence, Model, is_true, walk
from registry.verify.call_options import Precision
from registry.verify.environment import installed_version


def evaluation_digest(precision: str, *, drawn: bool = False, average: bool = False) -> str:
    """Neither `--quick` nor half precision settles a full run's claim, nor one of the weights that of their average.

    Args:
        precision: The arithmetic.
        drawn: Whether samples were drawn until the claim was decided.
        average: Whether the card asks for the moving average of the weights.
    """
    about = {"samples": "drawn" if drawn else "all", "precision": precision}
    return digests.of_json(about | ({"weights": "average"} if average else {}))


def asks_average(model: Model) -> bool:
    """Whether a card's numbers are those of the moving average: `EMA: true` in it, its `Metadata` or its `Weights`."""
    return is_true(model.get("EMA")) or any(weights.ema for weights in model.weights[:1])


def other_average(evidence: Evidence, model: Model) -> str:
    """Why evidence is of the weights where the card asks for their average, or the other way round; empty else."""
    recorded, is_average = evidence.digests.get("evaluation"), asks_average(model)
    other = {
        evaluation_digest(precision, drawn=drawn, average=not is_average)
        for precision in get_args(Precision)
        for drawn in (False, True)
    }
    if recorded not in other:
        return ""
    now, then = ("the moving average of the weights (EMA)", "the weights themselves")
    return f"the card asks for {now if is_average else then}, and {then if is_average else now} were measured"


_LIBRARIES = (
    "mmcv-lite",
    "mmengine",
    "numpy",
    "peft",
    "pillow",
    "scikit-learn",
    "sentence-transformers",
    "timm",
    "tokenizers",
    "torch",
    "torchvision",
    "transformers",
)
"""What models, preprocessing and data sets that need no folder come from."""

_CODE = (
    "evidence/shard_digests.py",
    "verify/accuracy/dataset_cache.py",
    "verify/accuracy/dependencies.py",
    "verify/accuracy/trial.py",
    "verify/asked.py",
    "verify/class_names.py",
    "verify/target.py",
    "verify/weights/digest.py",
    "verify/weights/fetch.py",
)
"""What leads from a card to digests, besides the code that evaluates, which evidence is bound to anyway."""

_MOST_FILES = 300
_MOST_BYTES = 256 << 20


def basis(model: Model, preprocessing: Mapping[str, str]) -> str | None:
    """Digest of the card's model, the files that it may be read from, the libraries and the code.

    Returns:
        `sha256:<hex>`; `None` where weights are elsewhere, or there are too many files to tell.
    """
    weights = path_beside(model)
    files = None if weights is None else _files(model, weights)
    if files is None:
        return None
    base = Path(model.base)
    try:
        file_digests = {os.path.relpath(path, base): digests.of_file(path) for path in files}
    except OSError:
        return None
    fields = {name: card_field.value for part in (model.fields, model.metadata) for name, card_field in part.items()}
    return digests.of_json(
        {
            "model": [model.name, model.dialect, [[name, str(value)] for name, value in fields.items()]],
            "files": file_digests,
            "preprocessing": dict(preprocessing),
            "libraries": {name: installed_version(name) for name in _LIBRARIES},
            "code": of_meaning(*_CODE),
        }
    )


def _files(model: Model, weights: Path) -> list[Path] | None:
    """What lies beside the card and beside each file that it names, without other cards' prose."""
    base = Path(model.base).resolve()
    folders = {base, weights.parent}
    for text in _texts(model):
        try:
            path = (base / text).resolve()
            if not path.is_relative_to(base) or path == base:
                continue
            if path.is_dir():
                return None
            if path.is_file():
                folders.add(path.parent)
        except (OSError, ValueError):  # a text that no file can have for a name
            continue
    siblings = [path for folder in folders for path in folder.iterdir() if path.suffix != ".md" and path.is_file()]
    fits = len(siblings) <= _MOST_FILES and sum(path.stat().st_size for path in siblings) <= _MOST_BYTES
    return sorted(siblings) if fits else None


def _texts(model: Model) -> Iterator[str]:
    for part in (model.fields, model.metadata):
        for card_field in part.values():
            yield from (text for text in _leaves(card_field.value) if 0 < len(text) < 500)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        yield from (leaf for *_, leaf in walk(value) if isinstance(leaf, str))
