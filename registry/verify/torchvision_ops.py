"""Import torchvision beside any build of torch.

A torchvision wheel built for CUDA cannot load its C++ extension beside a CPU-only torch, and then fails at import with
`operator torchvision::nms does not exist`: it registers shape functions for two operators that only the extension
declares. Building models needs neither, so this module declares them without an implementation. Where the extension
loads, nothing is declared and torchvision is as it always is.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from pathlib import Path
from types import ModuleType

import torch

from registry.types import MissingExtraError

_DECLARATIONS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


@functools.cache
def import_torchvision() -> ModuleType:
    """The module `torchvision`, with `torchvision.models` and `torchvision.transforms` loaded.

    Raises:
        MissingExtraError: torchvision is not installed.
    """
    if not declare_operators():
        raise MissingExtraError("torchvision is not installed; install it with: pip install torchvision")
    return importlib.import_module("torchvision")


@functools.cache
def declare_operators() -> bool:
    """Declare what torchvision's import asks for, before this process imports it; false where it is not installed."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or not spec.submodule_search_locations:
        return False
    if not _load_extension(Path(spec.submodule_search_locations[0])):
        # Kept for the life of the process: a Library takes its declarations back when it is collected.
        _declared.append(torch.library.Library("torchvision", "DEF"))
        for name, schema in _DECLARATIONS.items():
            if not hasattr(torch.ops.torchvision, name):
                _declared[-1].define(schema)
    return True


_declared: list[torch.library.Library] = []


def _load_extension(folder: Path) -> bool:
    for library in (*folder.glob("_C*.so"), *folder.glob("_C*.pyd")):
        try:
            torch.ops.load_library(str(library))
        except OSError:  # built for another torch; torchvision's own loader ignores it too
            continue
        return True
    return False
