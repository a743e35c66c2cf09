"""Traces on disk, so that a second run neither builds nor runs a model."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import torch

from registry import cache_file
from registry.verify.target import Target
from registry.verify.trace.data import LAYOUT

RELEASED = frozenset({"openmmlab", "timm", "torchvision"})
"""Libraries whose version says what their code is. The code of others may change under one version: nothing is kept."""


Kept = TypeVar("Kept")


class TraceCache:
    """Traces and ledgers by library, version, model, input and version of torch.

    Args:
        folder: Where they lie; `None` keeps none. Only its owner may write to it: what lies there are pickles.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def keep(
        self, type_: type[Kept], target: Target, size: tuple[int, ...], variant: str, make: Callable[[], Kept]
    ) -> Kept:
        """What is kept of a model, made where nothing is.

        Args:
            type_: Class of what is kept.
            target: The model.
            size: Input without the batch; empty for what needs none.
            variant: How the model differs from what `target` builds.
            make: Makes it.
        """
        if self.folder is None or target.library not in RELEASED:
            return make()
        file = self.folder / f"{_key(type_, target, size, variant)}.pickle"
        kept_value = _read(file)
        if isinstance(kept_value, type_):
            return kept_value
        value = make()
        cache_file.write(file, pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
        return value


def _key(type_: type, target: Target, size: tuple[int, ...], variant: str) -> str:
    parts = (LAYOUT, torch.__version__, target.library, target.version, *_built(target), size, variant)
    return f"{type_.__name__.lower()}-{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def _built(target: Target) -> tuple[object, ...]:
    """Which model of its library it is: weights of one architecture share what is kept."""
    if target.same:
        return (target.same,)
    build = target.build
    return target.name, [*build.args, *sorted(build.keywords.items())] if isinstance(build, partial) else []


def _read(file: Path) -> object:
    data = cache_file.read(file, ours=True)
    if data is None:
        return None
    try:
        return pickle.loads(data)  # noqa: S301 - written by this very user, and whole
    except Exception:  # noqa: BLE001 - another version's classes may raise anything, and what it held can be made again
        return None
