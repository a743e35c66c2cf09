"""What one run of a model left behind, as plain data: it pickles small and loads without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

Shape = tuple[int, ...]
Plain = bool | int | float | str | tuple["Plain", ...] | None
LAYOUT = 5
"""Raised when what a trace records changes: kept traces are then made anew, and evidence of counts is stale."""

NEEDED_VALUES = "without values"
"""Among `Trace.outside`: with values the model may run otherwise."""

CHECKS_DEVICE = "asks where it runs"
"""The same: its code asks whether its tensors are on the meta device or the CPU, and may do otherwise elsewhere."""

SPARSE = "sparse matrices"
"""The same: products with sparse matrices, which are counted as if they were dense."""

NOTHING: Mapping[str, Plain] = {}


class Parameter(NamedTuple):
    """A parameter or buffer, listed with the module that holds it.

    Attributes:
        name: Its name in that module, such as `weight`.
        itemsize: Bytes of one element.
        trainable: False for buffers and frozen parameters.
        shared: An earlier module, or an earlier name, holds the same one; leave it out of sums.
    """

    name: str
    shape: Shape
    itemsize: int
    trainable: bool
    shared: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Module:
    """One module of the model, called or not.

    Attributes:
        path: Where it stands, such as `layer1.0.conv1`; empty for the model itself.
        type: Its exact class; torch's own by the public name, such as `torch.nn.Conv2d`.
        attributes: What conventions read of it (`trace.attributes.NAMES`), where it has them.
        parameters: Its own parameters, without its children's.
        buffers: Its own buffers.
        children: Indices of its children in `Trace.modules`, each once.
    """

    path: str
    type: str
    attributes: Mapping[str, Plain]
    parameters: tuple[Parameter, ...] = ()
    buffers: tuple[Parameter, ...] = ()
    children: tuple[int, ...] = ()

    def has(self, parameter: str) -> bool:
        """Whether the module holds a parameter of that name: `has("bias")`."""
        return any(own.name == parameter for own in self.parameters)

    def shape(self, parameter: str) -> Shape:
        """Shape of one of its parameters; empty where it has none of that name."""
        return next((own.shape for own in self.parameters if own.name == parameter), ())

    def number(self, attribute: str, default: int = 0) -> int:
        """A whole-number attribute; `default` where the module has none of that name."""
        value = self.attributes.get(attribute)
        return value if isinstance(value, int) else default


def shape_of(inputs: tuple[Shape | None, ...], index: int = 0) -> Shape:
    """The shape of one argument of a call; empty where it is no tensor."""
    return (inputs[index] or ()) if index < len(inputs) else ()


class ModuleCall(NamedTuple):
    """One call of a module.

    Attributes:
        module: Index in `Trace.modules`.
        caller: Index in `Trace.calls` of the call it happened in; -1 for the model's own.
        inputs: Shapes of its arguments in order, lists flattened, `None` for what is no tensor but stands before one.
        outputs: Shapes of the tensors it returned.
    """

    module: int
    caller: int
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape, ...]


class FunctionCall(NamedTuple):
    """One call of a torch function or tensor method, as the model's code spells it.

    Attributes:
        name: Such as `torch.nn.functional.relu`, `torch.conv2d`, `torch.Tensor.mul_`, `torch.Tensor.__mul__` (`*`).
        inputs: As of a module call; in the order of `trace.attributes.SIGNATURES` for the functions listed there.
        options: Arguments that are no tensors and that `SIGNATURES` names.
        outputs: Shapes of the tensors it returned.
        call: Index in `Trace.calls` of the module call it happened in.
        caller: Index in `Trace.functions` of the function it happened in; -1 where the model's code called it.
    """

    name: str
    inputs: tuple[Shape | None, ...]
    options: Mapping[str, Plain]
    outputs: tuple[Shape, ...]
    call: int
    caller: int


class Operator(NamedTuple):
    """One aten operator, as torch dispatched it. Views are left out.

    Attributes:
        name: Such as `aten.addmm`.
        inputs: As of a module call.
        options: `transposed` of convolutions, which gradients their backward gives (`output_mask`), the `lengths` of
            queries and keys where sequences are laid end to end.
        outputs: Shapes of the tensors it returned.
        call: Index in `Trace.calls` of the module call it happened in.
        function: Index in `Trace.functions` of the innermost function it happened in; -1 outside any.
    """

    name: str
    inputs: tuple[Shape | None, ...]
    options: Mapping[str, Plain]
    outputs: tuple[Shape, ...]
    call: int
    function: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """Everything that the conventions count from: three linked levels of one run on one input.

    Attributes:
        inputs: Shapes of the model's inputs, batch first.
        outputs: Shapes of the tensors that the model returned.
        train: Whether the model was in training mode.
        modules: The module tree in the order of `named_modules()`; the model is the first.
        types: By exact class, its base classes, nearest first, `torch.nn.Module` and `object` left out.
        calls: Level 1. The model's own call is the first.
        functions: Level 2.
        operators: Level 3.
        opaque: Paths of modules that are scripted or call scripted functions: levels 1 and 2 lack what runs inside.
        head: Path of the classifier: what the model names so, else its last linear layer; empty where it has none.
        versions: Of torch and of the library that defines the model.
        run: What ran, where it was not the model without values on the meta device.
        outside: How the model left torch while it ran, such as `numpy`: what it computes there is in no level;
            `NEEDED_VALUES` where something failed for want of values and the model went on.
    """

    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    train: bool
    modules: tuple[Module, ...]
    types: Mapping[str, tuple[str, ...]]
    calls: tuple[ModuleCall, ...]
    functions: tuple[FunctionCall, ...]
    operators: tuple[Operator, ...]
    opaque: tuple[str, ...] = ()
    head: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    run: str = ""
    outside: tuple[str, ...] = ()

    @property
    def batch(self) -> int:
        """Number of samples in the input; 1 where its first tensor has no dimensions."""
        return (*(self.inputs[0] if self.inputs else ()), 1)[0]

    def module(self, call: int) -> Module:
        """The module that `calls[call]` called."""
        return self.modules[self.calls[call].module]

    @cached_property
    def heads(self) -> frozenset[int]:
        """Indices of the classifier and of the modules that stand in it."""
        inside = self.head + "."
        return frozenset(
            index
            for index, module in enumerate(self.modules if self.head else ())
            if module.path == self.head or module.path.startswith(inside)
        )
