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
from registry.verify.counts.explanation import warnings
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
        held = {layer.path: layer.parameters for layer in self.ledger.layers}
        own = {name: count for name, count in self.counts.items() if name in CONVENTIONS}
        counted = {path for count in own.values() for path in count.by_layer}
        shown = {outer for path in (*held, *counted) for outer in _outer(path)}
        return [
            {
                "path": path,
                "type": type_,
                "output": list(self.outputs[path]) if path in self.outputs else None,
                "parameters": held.get(path, 0),
                "counts": {name: count.by_layer.get(path, 0) for name, count in own.items()},
            }
            for path, type_ in self.types.items()
            if path in shown
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


def count_target(asked: tuple[Target, Arguments]) -> dict[str, Any]:
    """Build a library's model and count it: the result as `ModelCounts.as_dict`, which travels between processes.

    Raises:
        BuildError: It cannot be built, or does not run on this input.
    """
    target, arguments = asked
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
    hollow = _without_numbers(model).eval()
    held = ledger(hollow)

    def run(change: ModelVariant | None) -> Trace:
        def changed(made: nn.Module) -> nn.Module:
            return made if change is None else change.change(copy.deepcopy(made))

        return trace(changed(hollow), arguments=arguments, real=lambda: changed((real or (lambda: _copy(model)))()))

    first = changes[0] if changes else None
    traced = run(first)
    found = {setting.label: (setting.convention, count) for setting, count in counts(traced)}
    deployed = [ModelVariant(name=DEPLOYED, change=_deployed)] if held.deployed is not None else []
    for other in (*changes[1:], *deployed):
        for setting, count in counts(run(other)):
            found[", ".join(filter(None, (setting.label, other.name)))] = setting.convention, count
    return ModelCounts(
        arguments=arguments,
        ledger=held,
        types={module.path: module.type.rpartition(".")[2] for module in traced.modules},
        outputs=_outputs(traced),
        counts={label: count for label, (_, count) in found.items()},
        conventions={label: convention for label, (convention, _) in found.items()},
        variant=first.name if first else "",
        run=traced.run,
        warnings=(*warnings(traced), *_failed({convention.name for convention, _ in found.values()})),
        versions=traced.versions,
    )


def _outer(path: str) -> Iterator[str]:
    """A path and those of the modules that it stands in: `a.b`, `a` and the model's own."""
    while path:
        yield path
        path = path.rpartition(".")[0]
    yield ""


def _outputs(traced: Trace) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for call in traced.calls:
        if call.outputs:
            found.setdefault(traced.modules[call.module].path, call.outputs[0])
    return found


def _failed(counted: Collection[str]) -> Iterator[str]:
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
    if any(each.is_meta for each in tensors):
        raise BuildError("it needs weights with values to run, and has none")
    if sum(each.numel() * each.element_size() for each in tensors) > REAL_BYTES:
        raise BuildError("it needs weights with values to run, and is too large for that")
    return copy.deepcopy(model, _computed(model)).to("cpu")


def _computed(model: nn.Module, *, hollow: bool = False) -> dict[int, Any]:
    """A memo for copies: tensors made of parameters that a module keeps, as pruning does, and torch does not copy."""
    kept = [value for module in model.modules() for value in vars(module).values() if isinstance(value, torch.Tensor)]
    return {id(each): _hollow(each) if hollow else each.detach().clone() for each in kept if not each.is_leaf}


def _materialised(model: nn.Module, arguments: Arguments) -> nn.Module:
    """A copy whose lazy modules know their shapes, by one run with values."""
    made = copy.deepcopy(model, _computed(model)).to("cpu").eval()
    try:
        with torch.no_grad():
            positional, keywords = random(arguments, made)
            made(*positional, **keywords)
    except Exception as error:
        raise BuildError(f"the model does not run on {arguments}: {one_line(error)}") from error
    return made


def _without_numbers(model: nn.Module) -> nn.Module:
    """A copy on the meta device that never holds the numbers, so that a model as large as the memory can be counted."""
    tensors = [*model.parameters(), *model.buffers()]
    try:
        memo: dict[int, Any] = {id(each): _hollow(each) for each in tensors} | _computed(model, hollow=True)
        return copy.deepcopy(model, memo)
    except Exception as error:
        raise BuildError(f"the model cannot be copied: {one_line(error)}") from error


def _hollow(tensor: torch.Tensor) -> torch.Tensor:
    empty = torch.empty_like(tensor.detach(), device="meta")
    return nn.Parameter(empty, requires_grad=tensor.requires_grad) if isinstance(tensor, nn.Parameter) else empty
