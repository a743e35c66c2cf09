"""Traces on disk, so that a second run neither builds nor runs a model."""

from __future__ import annotations

import hashlib
import pickle
from functools import partial
from pathlib import Path

import torch

from registry.files import write_atomic
from registry.types import OutputError
from registry.verify.target import Target
from registry.verify.trace import Trace

LAYOUT = 1
"""Raised when what a trace records changes."""

RELEASED = frozenset({"torchvision", "timm"})
"""Libraries whose version says what their code is; of others, which may change beneath it, nothing is kept."""


class TraceCache:
    """Traces by library, version, model, input and version of torch.

    Args:
        folder: Where they lie; `None` keeps none. Only its owner may write to it: traces are pickles.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def key(self, target: Target, size: tuple[int, ...], variant: str = "") -> str:
        """The name of a trace's file, without suffix; empty where it is not to be kept."""
        if target.library not in RELEASED:
            return ""
        built = target.build
        how = [*built.args, *sorted(built.keywords.items())] if isinstance(built, partial) else []
        parts = (LAYOUT, torch.__version__, target.library, target.version, target.name, how, size, variant)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def get(self, key: str) -> Trace | None:
        """A trace that was kept, `None` where there is none or its file is damaged."""
        if self.folder is None or not key:
            return None
        try:
            found = pickle.loads((self.folder / f"{key}.pickle").read_bytes())  # noqa: S301 - our own folder
        except Exception:  # noqa: BLE001 - a damaged pickle may raise anything, and the trace can be made again
            return None
        return found if isinstance(found, Trace) else None

    def put(self, key: str, traced: Trace) -> None:
        """Keep a trace. A cache that cannot be written is only slower."""
        if self.folder is None or not key:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomic(self.folder / f"{key}.pickle", pickle.dumps(traced, protocol=pickle.HIGHEST_PROTOCOL))
        except (OSError, OutputError):
            return
