"""How many parameters a model has, counted in each of the ways that published numbers are counted.

| way | what it counts | seen in |
|---|---|---|
| all | every parameter once, shared ones too | nearly everywhere |
| without auxiliary heads | all but classifiers used in training only | GoogLeNet 6624904 of 13004888 |
| trainable | those with `requires_grad` | cards of fine-tuned models |
| with buffers | and running means, variances and counters: what the weights' file holds | file sizes |
| with a background class | one more output: 1001 classes | models that came from TensorFlow's slim |
| without the classifier | all but the last linear layer | backbones |
| without what came later | all but modules that the library added since | mmpretrain's vision transformers |
| convolutions only | thop 0.0.31's, where it knows nothing else of the model | timm's TResNet cards |
| deployed | branches folded into one convolution | RepVGG, MobileOne |
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

AUXILIARY = re.compile(r"(^|\.)(aux|auxiliary)[^.]*(\.|$)", re.IGNORECASE)
"""Paths of modules that serve in training only: `aux1`, `AuxLogits`, `aux_classifier`, `auxiliary_head`."""

IMAGENET_CLASSES = 1000

DEPLOYED = "in deploy mode"

BACKGROUND = f"with a background class ({IMAGENET_CLASSES + 1} classes)"
"""The one way to count that adds to the model: weights that TensorFlow's slim trained have one class more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterLayer:
    """The parameters that one module holds itself, without its children's.

    Attributes:
        path: Dotted path of the module, empty for the model itself.
        type: Name of its class.
        parameters: Number of parameters, those that an earlier layer shares left out.
        trainable: Those of them that require a gradient.
        buffers: Number of elements of its persistent buffers.
        kind: `convolution`, `linear` or empty.
        outputs: Channels or features that it makes, 0 where it is neither convolution nor linear.
    """

    path: str
    type: str
    parameters: int
    trainable: int
    buffers: int
    kind: str = ""
    outputs: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterCount:
    """The parameters of a model by layer, as plain data.

    Attributes:
        layers: Every module that holds parameters or buffers, in the model's order.
        tensors: Number of parameters and persistent buffers, each one entry of a weights file.
        deployed: Parameters after the model's own re-parameterisation, `None` where it has none.
    """

    layers: tuple[ParameterLayer, ...]
    tensors: int
    deployed: int | None = None

    @property
    def total(self) -> int:
        """All parameters."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def buffers(self) -> int:
        """Elements of all persistent buffers."""
        return sum(layer.buffers for layer in self.layers)

    @property
    def classifier(self) -> ParameterLayer | None:
        """The last linear layer that is no auxiliary head's."""
        linear = [layer for layer in self.layers if layer.kind == "linear" and not AUXILIARY.search(layer.path)]
        return linear[-1] if linear else None


def ledger(model: nn.Module) -> ParameterCount:
    """Read a model's parameters; it may be on the meta device."""
    ids: set[int] = set()
    layers, tensors = [], 0
    for path, module in model.named_modules():
        own = [parameter for parameter in module.parameters(recurse=False) if id(parameter) not in ids]
        ids.update(map(id, own))
        persistent = [
            buffer
            for name, buffer in module.named_buffers(recurse=False)
            if name not in module._non_persistent_buffers_set and id(buffer) not in ids
        ]
        ids.update(map(id, persistent))
        tensors += len(own) + len(persistent)
        if own or persistent:
            kind, outputs = _kind(module)
            layers.append(
                ParameterLayer(
                    path=path,
                    type=type(module).__name__,
                    parameters=sum(parameter.numel() for parameter in own),
                    trainable=sum(parameter.numel() for parameter in own if parameter.requires_grad),
                    buffers=sum(buffer.numel() for buffer in persistent),
                    kind=kind,
                    outputs=outputs,
                )
            )
    return ParameterCount(layers=tuple(layers), tensors=tensors, deployed=_deployed(model))


def variants(counted: ParameterCount, later: Collection[str] = ()) -> dict[str, int]:
    """The count in each way that differs from those before it, the likeliest first.

    Args:
        counted: The parameters.
        later: Paths of modules that came after the numbers were published.
    """
    counts: dict[str, int] = {}
    for way, count in (*_variants(counted), *_without_later(counted, later)):
        if count > 0 and count not in counts.values():
            counts[way] = count
    return counts


def _variants(counted: ParameterCount) -> Iterator[tuple[str, int]]:
    layers, total = counted.layers, counted.total
    yield "all parameters", total
    auxiliary = [layer for layer in layers if AUXILIARY.search(layer.path)]
    heads = sorted({layer.path.split(".")[0] for layer in auxiliary})
    without = total - sum(layer.parameters for layer in auxiliary)
    if auxiliary:
        yield f"without the auxiliary heads {', '.join(heads)}", without
    yield "trainable parameters", sum(layer.trainable for layer in layers)
    if counted.deployed is not None:
        yield DEPLOYED, counted.deployed
    yield "parameters and buffers", total + counted.buffers
    classifier = counted.classifier
    if classifier is not None:
        if classifier.outputs == IMAGENET_CLASSES:
            yield BACKGROUND, without + classifier.parameters // IMAGENET_CLASSES
        yield f"without the classifier {classifier.path}", without - classifier.parameters
    yield "convolutions only", sum(layer.parameters for layer in layers if layer.kind == "convolution")


def _without_later(counted: ParameterCount, later: Collection[str]) -> Iterator[tuple[str, int]]:
    added = [layer for layer in counted.layers if layer.path in later]
    if added:
        names = ", ".join(layer.path for layer in added)
        yield f"without {names}, which came later", counted.total - sum(layer.parameters for layer in added)


def _kind(module: nn.Module) -> tuple[str, int]:
    weight: Any = getattr(module, "weight", None)
    if hasattr(module, "out_channels") and hasattr(module, "kernel_size"):
        return "convolution", int(module.out_channels)  # type: ignore[arg-type]
    if hasattr(module, "out_features") and getattr(weight, "ndim", 0) == 2:
        return "linear", int(module.out_features)  # type: ignore[arg-type]
    return "", 0


_FOLDING = ("switch_to_deploy", "reparameterize", "fuse")
"""Methods that fold branches; the first that a module has is called, since the others may be its parts."""


def _deployed(model: nn.Module) -> int | None:
    folded = deploy(model)
    return None if folded is None else sum(parameter.numel() for parameter in folded.parameters())


def deploy(model: nn.Module) -> nn.Module | None:
    """A copy whose modules have folded their branches, as for inference.

    Args:
        model: A model on the meta device; it stays as it is.

    Returns:
        `None` where no module can fold, or where folding needs real numbers.
    """
    import torch

    if not any(_folds(module) for module in model.modules()):
        return None
    folded = copy.deepcopy(model).eval()
    try:
        with torch.device("meta"):
            for module in list(folded.modules()):
                fold = _folds(module)
                if fold is not None:
                    fold()
    except (RuntimeError, NotImplementedError, AttributeError, TypeError, ValueError, AssertionError):
        # The library's own folding, which was not written for tensors without numbers.
        return None
    return folded


def _folds(module: nn.Module) -> Any:
    methods = (getattr(module, name, None) for name in _FOLDING)
    return next((method for method in methods if callable(method)), None)
