"""Count one model under every convention, for `mir count` and `registry.count`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from registry.types import BuildError
from registry.verify.arguments import Arguments
from registry.verify.conventions import CONVENTIONS, Convention, Count, counts
from registry.verify.counts.omissions import warnings
from registry.verify.parameters import BACKGROUND, DEPLOYED, ParameterCount, deploy, ledger, variants
from registry.verify.target import ModelVariant, Target
from registry.verify.trace import Shape, Trace, build, trace
from registry.verify.trace.meta_model import one_line
from registry.verify.trace.tensors import random
from registry.verify.trace.trace_model import REAL_BYTES


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCounts:
    """Everything that can be counted of a model; plain data.

    Attributes:
        arguments: What it was counted on.
        ledger: Its parameters by layer.
        types: Class of every module by its path, in the model's order.
        outputs: Shape of the first tensor that a module returned when it was first called, by its path.
        counts: What each convention counts, by its label: with other settings, `fvcore 0.1.5, attention counted`; of
            other variants of the model, `MACs, in deploy mode`.
        conventions: The convention of each count.
        variant: The way to run it that counts without a variant in their label are of, such as `1000 boxes`.
        run: What was run, where it was not the model without values.
        warnings: What a reader must know before a number is used, as sentences.
        versions: Of torch and of the library that defines the model.
    """

    arguments: Arguments
    ledger: ParameterCount
    types: Mapping[str, str]
    outputs: Mapping[str, Shape]
    counts: Mapping[str, Count]
    conventions: Mapping[str, Convention]
    variant: str
    run: str
    warnings: tuple[str, ...]
    versions: Mapping[str, str]

    @property
    def parameters(self) -> dict[str, int]:
        """How many parameters it has, in each way that published numbers are counted and that is a part of it."""
        return {way: count for way, count in variants(self.ledger).items() if way != BACKGROUND}

    def layers(self) -> list[dict[str, Any]]:
        """Every layer that holds parameters or in which something is counted, behind the modules that it stands in.

        Each has its path, type, the shape of its output (`None` where it was not called), parameters and counts;
        numbers are its own, without those of the layers in it.
        """
        parameters = {layer.path: layer.parameters for layer in self.ledger.layers}
        own = {name: count for name, count in self.counts.items() if name in CONVENTIONS}
        counted = {path for count in own.values() for path in count.by_layer}
        paths = {outer for path in (*parameters, *counted) for outer in _ancestors(path)}
        return [
            {
                "path": path,
                "type": type_,
                "output": list(self.outputs[path]) if path in self.outputs else None,
                "parameters": parameters.get(path, 0),
                "counts": {name: count.by_layer.get(path, 0) for name, count in own.items()},
            }
            for path, type_ in self.types.items()
            if path in paths
        ]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON data: the shape that `mir count --format json` prints and `registry.count` returns."""
        tensors = self.arguments.tensors()
        return {
            "input": str(self.arguments),
            "input_size": list(tensors[0].shape[1:]) if tensors else [],
            "tokens": self.arguments.tokens or None,
            "variant": self.variant,
            "run": self.run or "the model without values",
            "warnings": list(self.warnings),
            "parameters": self.parameters,
            "counts": {
                name: {
                    "total": count.total,
                    "unit": self.conventions[name].unit,
                    "version": self.conventions[name].version,
                    "uncounted": dict(count.uncounted),
                }
                for name, count in self.counts.items()
            },
            "layers": self.layers(),
            "versions": dict(self.versions),
        }


def count_target(job: tuple[Target, Arguments]) -> dict[str, Any]:
    """Build a library's model and count it: the result as `ModelCounts.as_dict`, which travels between processes.

    Raises:
        BuildError: It cannot be built, or does not run on this input.
    """
    target, arguments = job
    model = build(target.build)
    return count_module(model, arguments, changes=target.variants, real=lambda: target.build().eval()).as_dict()


def count_module(
    model: nn.Module,
    arguments: Arguments,
    *,
    changes: Sequence[ModelVariant] = (),
    real: Callable[[], nn.Module] | None = None,
) -> ModelCounts:
    """Count a model, which is left as it is.

    Args:
        model: On any device; a copy without its numbers is what runs, and one with them where that does not.
        arguments: What it is called with.
        changes: Ways to run it; the first is counted in full.
        real: Makes it with values, where it has none itself.

    Raises:
        BuildError: The model does not run on this input.
    """
    if any(0 in spec.shape for spec in arguments.tensors()):
        raise BuildError(f"nothing can be counted on {arguments}: it holds no sample")
    model = getattr(model, "_orig_mod", model)
    if any(map(nn.parameter.is_lazy, (*model.parameters(), *model.buffers()))):
        model = _materialised(model, arguments)
    on_meta = _meta_copy(model).eval()
    parameters = ledger(on_meta)

    def run(change: ModelVariant | None) -> Trace:
        def changed(base: nn.Module) -> nn.Module:
            return base if change is None else change.change(copy.deepcopy(base))

        return trace(changed(on_meta), arguments=arguments, real=lambda: changed((real or (lambda: _copy(model)))()))

    first = changes[0] if changes else None
    traced = run(first)
    labelled = {setting.label: (setting.convention, count) for setting, count in counts(traced)}
    deployed = [ModelVariant(name=DEPLOYED, change=_deployed)] if parameters.deployed is not None else []
    for other in (*changes[1:], *deployed):
        for setting, count in counts(run(other)):
            labelled[", ".join(filter(None, (setting.label, other.name)))] = setting.convention, count
    return ModelCounts(
        arguments=arguments,
        ledger=parameters,
        types={module.path: module.type.rpartition(".")[2] for module in traced.modules},
        outputs=_outputs(traced),
        counts={label: count for label, (_, count) in labelled.items()},
        conventions={label: convention for label, (convention, _) in labelled.items()},
        variant=first.name if first else "",
        run=traced.run,
        warnings=(*warnings(traced), *_without_count({convention.name for convention, _ in labelled.values()})),
        versions=traced.versions,
    )


def _ancestors(path: str) -> Iterator[str]:
    """A path and those of the modules that it stands in: `a.b`, `a` and the model's own."""
    while path:
        yield path
        path = path.rpartition(".")[0]
    yield ""


def _outputs(traced: Trace) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for call in traced.calls:
        if call.outputs:
            shapes.setdefault(traced.modules[call.module].path, call.outputs[0])
    return shapes


def _without_count(counted: Collection[str]) -> Iterator[str]:
    """What a reader must know of conventions that have no number."""
    names = [name for name in CONVENTIONS if name not in counted]
    if names:
        yield f"{', '.join(names)} cannot count it, nor can the tools themselves"


def _deployed(model: nn.Module) -> nn.Module:
    folded = deploy(model)
    assert folded is not None, "asked for only where the ledger says that it folds"
    return folded


def _copy(model: nn.Module) -> nn.Module:
    """A copy with values on the CPU."""
    tensors = [*model.parameters(), *model.buffers()]
    if any(tensor.is_meta for tensor in tensors):
        raise BuildError("it needs weights with values to run, and has none")
    if sum(tensor.numel() * tensor.element_size() for tensor in tensors) > REAL_BYTES:
        raise BuildError("it needs weights with values to run, and is too large for that")
    return copy.deepcopy(model, _derived_tensors(model)).to("cpu")


def _derived_tensors(model: nn.Module, *, on_meta: bool = False) -> dict[int, Any]:
    """A memo for copies: tensors made of parameters that a module keeps, as pruning does, and torch does not copy."""
    computed = [
        value for module in model.modules() for value in vars(module).values() if isinstance(value, torch.Tensor)
    ]
    return {
        id(tensor): _to_meta(tensor) if on_meta else tensor.detach().clone()
        for tensor in computed
        if not tensor.is_leaf
    }


def _materialised(model: nn.Module, arguments: Arguments) -> nn.Module:
    """A copy whose lazy modules know their shapes, by one run with values."""
    materialised = copy.deepcopy(model, _derived_tensors(model)).to("cpu").eval()
    try:
        with torch.no_grad():
            positional, keywords = random(arguments, materialised)
            materialised(*positional, **keywords)
    except Exception as error:
        raise BuildError(f"the model does not run on {arguments}: {one_line(error)}") from error
    return materialised


def _meta_copy(model: nn.Module) -> nn.Module:
    """A copy on the meta device that never holds the numbers, so that a model as large as the memory can be counted."""
    tensors = [*model.parameters(), *model.buffers()]
    try:
        memo: dict[int, Any] = {id(tensor): _to_meta(tensor) for tensor in tensors} | _derived_tensors(
            model, on_meta=True
        )
        return copy.deepcopy(model, memo)
    except Exception as error:
        raise BuildError(f"the model cannot be copied: {one_line(error)}") from error


def _to_meta(tensor: torch.Tensor) -> torch.Tensor:
    empty = torch.empty_like(tensor.detach(), device="meta")
    return nn.Parameter(empty, requires_grad=tensor.requires_grad) if isinstance(tensor, nn.Parameter) else empty
