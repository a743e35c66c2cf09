"""Import torchvision beside any build of torch.

A torchvision wheel built for CUDA cannot load its C++ extension beside a CPU-only torch, and then fails at import with
`operator torchvision::nms does not exist`: it registers shape functions for two operators that only the extension
declares. This module declares them, and does `nms` in torch's own operators, so that detectors run, slower. Where the
extension loads, nothing is declared and torchvision is as it always is.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

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
    with _compiler_later():
        module = importlib.import_module("torchvision")
    if _declared:
        # Its functions ask whether the extension is there before they call an operator that is there without it.
        extension: Any = importlib.import_module("torchvision.extension")
        extension._has_ops = lambda: True
    return module


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
        for device in ("CPU", "CUDA"):
            _declared[-1].impl("nms", non_maximum_suppression, device)
    return True


def non_maximum_suppression(boxes: torch.Tensor, scores: torch.Tensor, threshold: float) -> torch.Tensor:
    """What the operator `nms` does, in torch's own operators: the boxes to keep, those of the highest scores first.

    Args:
        boxes: Left, top, right, bottom, shape (n, 4).
        scores: Shape (n,).
        threshold: A box goes where its intersection over union with one that is kept is larger.
    """
    order = scores.sort(descending=True, stable=True).indices
    left, top, right, bottom = boxes[order].unbind(1)
    areas = (right - left) * (bottom - top)
    suppressed = torch.zeros(len(order), dtype=torch.bool, device=boxes.device)
    chosen: list[int] = []
    for at in range(len(order)):
        if suppressed[at]:
            continue
        chosen.append(at)
        width = (torch.minimum(right[at], right) - torch.maximum(left[at], left)).clamp_(min=0)
        height = (torch.minimum(bottom[at], bottom) - torch.maximum(top[at], top)).clamp_(min=0)
        shared = width * height
        suppressed |= shared / (areas[at] + areas - shared) > threshold
    return order[chosen]


_COMPILER = ("torch._dynamo", "torch._dynamo.utils")


@contextmanager
def _compiler_later() -> Iterator[None]:
    """Load torch's compiler when it is first used in this block, not when it is named.

    torchvision takes one function from it, which detectors call, and to load it takes as long as to load torch.
    """
    if _COMPILER[0] not in sys.modules:
        sys.modules.update({name: _Later(name) for name in _COMPILER})
    try:
        yield
    finally:
        _let_go()


class _Later(ModuleType):
    """Stands for a module until something but `is_compile_supported` is asked of it."""

    def __getattr__(self, name: str) -> Any:
        if name == "is_compile_supported":
            return lambda device: self._real().is_compile_supported(device)
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._real(), name)

    def _real(self) -> Any:
        _let_go()
        return importlib.import_module(self.__name__)


def _let_go() -> None:
    for name in _COMPILER:
        if isinstance(sys.modules.get(name), _Later):
            del sys.modules[name]


_declared: list[torch.library.Library] = []


def _load_extension(folder: Path) -> bool:
    for library in (*folder.glob("_C*.so"), *folder.glob("_C*.pyd")):
        try:
            torch.ops.load_library(str(library))
        except OSError:  # built for another torch; torchvision's own loader ignores it too
            continue
        return True
    return False
