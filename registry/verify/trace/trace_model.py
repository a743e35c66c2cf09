"""Trace a model: its module tree, and one recorded run."""

from __future__ import annotations

import ctypes
import gc
import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from registry.gc import without_collector
from registry.types import BuildError
from registry.verify.arguments import Arguments, TensorSpec
from registry.verify.trace.attributes import NAMES
from registry.verify.trace.data import CHECKS_DEVICE, NEEDED_VALUES, Module, Parameter, Plain, Trace
from registry.verify.trace.functions import as_plain
from registry.verify.trace.meta_model import one_line
from registry.verify.trace.recorder import Recorder
from registry.verify.trace.tensors import SEED, empty, random

REAL_SECONDS = 60.0
"""How long a real run may take."""

REAL_BYTES = 2 << 30
"""How many bytes of parameters a real run may need."""


def trace(
    model: nn.Module,
    input_size: Sequence[int] = (3, 224, 224),
    *,
    arguments: Arguments | None = None,
    batch: int = 1,
    train: bool = False,
    real: Callable[[], nn.Module] | None = None,
) -> Trace:
    """Run `model` once on the meta device, where nothing is computed, and record every call.

    The model is left as it was: a model with weights keeps them.

    Args:
        model: The model; `build` makes one that never had weights.
        input_size: Shape of one sample, without the batch.
        arguments: What the model is called with, where it takes anything but one tensor of floats; `batch` and
            `input_size` are then not looked at.
        batch: Number of samples.
        train: Run in training mode instead of evaluation mode.
        real: Makes the same model with values, which is run on the CPU where meta cannot: it may change as it runs.

    Raises:
        BuildError: The model does not run on this input, or needs a tensor's values to run and has none.
    """
    traced: Trace | None = None
    call_arguments = arguments or Arguments(positional=(TensorSpec((batch, *input_size)),))
    with without_collector():
        try:
            with _on_meta(list(model.modules()), train=train):
                tensors = empty(call_arguments, model)
                reason = ""
                for all_on_meta in (True, False):
                    # First with all it makes on meta, then with what it makes without saying where on the CPU: a few
                    # models compute with numbers of their own while they run, which needs values; those are small.
                    try:
                        traced = _record(model, tensors, train=train, all_on_meta=all_on_meta)
                        if {NEEDED_VALUES, CHECKS_DEVICE}.isdisjoint(traced.outside):
                            return traced
                        reason = ""
                        break
                    except (Exception, SystemExit) as error:  # noqa: BLE001 - a model may raise anything
                        reason = reason or one_line(error)
        except Exception as error:  # noqa: BLE001 - tensors that have no meta, lazy parameters
            reason = one_line(error)
        if real is not None:
            why, valued = _run_with_values(real, model, call_arguments, train=train)
            traced = valued if valued is not None and not _same_calls(traced, valued) else traced
            if valued is not None and traced is not valued and traced is not None:
                return replace(traced, outside=tuple(mark for mark in traced.outside if mark != CHECKS_DEVICE))
            if traced is not None:
                return traced
            reason = f"{reason}; and with values: {why}" if why and why != reason else reason
    if traced is not None:
        return traced
    raise BuildError(f"the model does not run on {call_arguments}: {reason}")


def _same_calls(empty: Trace | None, valued: Trace) -> bool:
    """Whether a run on meta did what the one with values does, though the model asks where it runs."""
    if empty is None or NEEDED_VALUES in empty.outside:
        return False
    return all(
        [call[:2] for call in getattr(empty, level)] == [call[:2] for call in getattr(valued, level)]
        for level in ("calls", "functions")
    )


def _run_with_values(
    real: Callable[[], nn.Module], model: nn.Module, call_arguments: Arguments, *, train: bool
) -> tuple[str, Trace | None]:
    """A trace of a run on the CPU, or why there is none."""
    size = sum(
        tensor.numel() * tensor.element_size() for tensor in model.parameters() if not nn.parameter.is_lazy(tensor)
    )
    if size > REAL_BYTES:
        return f"its {size} bytes of parameters are too many for a real run", None
    valued_model: nn.Module | None = None
    tensors: Any = None
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            valued_model = real()
            tensors = random(call_arguments, valued_model)
            valued_model.train(train)
            return "", _record(valued_model, tensors, train=train, all_on_meta=False, seconds=REAL_SECONDS)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a model may raise anything
        return one_line(error), None
    finally:
        # Modules refer to each other, so that a model of gigabytes would stay beside the next one.
        valued_model = tensors = None
        gc.collect()
        _release_memory()


def _release_memory() -> None:
    """Let the system have again what freed tensors left behind: glibc keeps it for the next ones of this process."""
    with suppress(OSError, AttributeError):  # another library
        ctypes.CDLL(None).malloc_trim(0)


def _record(
    model: nn.Module,
    tensors: tuple[tuple[Any, ...], dict[str, Any]],
    *,
    train: bool,
    all_on_meta: bool,
    seconds: float = 0.0,
) -> Trace:
    """Run the model as it stands and keep what it called."""
    positional, keywords = tensors
    tree = list(model.named_modules())
    indices = {module: index for index, (_, module) in enumerate(tree)}
    recorder = Recorder(indices, all_on_meta=all_on_meta, seconds=seconds)
    with recorder.recording():
        outputs = recorder.outputs(model(*positional, **keywords))
    # A lazy module becomes another class when it first runs.
    return Trace(
        inputs=tuple(shape for shape in recorder.shapes((*positional, *keywords.values())) if shape is not None),
        outputs=outputs,
        train=train,
        modules=tuple(_modules(tree)),
        types={type_name(cls): _bases(cls) for cls in {type(module) for _, module in tree}},
        calls=tuple(recorder.calls),
        functions=tuple(recorder.functions),
        operators=tuple(recorder.operators),
        opaque=_opaque(tree, recorder),
        head=_head(model, tree),
        versions=_versions(model),
        run=f"a real run on the CPU, with random input (seed {SEED})" if seconds else "",
        outside=tuple(sorted(_outside(recorder))),
    )


def _outside(recorder: Recorder) -> Iterator[str]:
    yield from recorder.outside
    if recorder.needed_values:
        yield NEEDED_VALUES
    if recorder.checks_device and recorder.device == "meta":
        yield CHECKS_DEVICE


@contextmanager
def _on_meta(modules: Sequence[nn.Module], *, train: bool) -> Iterator[None]:
    """Swap all parameters and buffers for empty ones on meta, and set the mode; afterwards all is as before."""
    tensors: list[dict[str, Any]] = [own for module in modules for own in (module._parameters, module._buffers)]
    replaced = [
        (own, name, tensor)
        for own in tensors
        for name, tensor in own.items()
        if tensor is not None and not tensor.is_meta
    ]
    modes = [(module, module.training) for module in modules if module.training != train]
    moved: dict[int, torch.Tensor] = {}
    try:
        for own, name, tensor in replaced:
            if id(tensor) not in moved:
                empty = tensor.detach().to("meta")
                moved[id(tensor)] = nn.Parameter(empty) if isinstance(tensor, nn.Parameter) else empty
            own[name] = moved[id(tensor)]
        for module, _ in modes:
            module.training = train
        yield
    finally:
        for own, name, tensor in replaced:
            own[name] = tensor
        for module, mode in modes:
            module.training = mode


def _modules(tree: Sequence[tuple[str, nn.Module]]) -> Iterable[Module]:
    indices = {module: index for index, (_, module) in enumerate(tree)}
    listed: set[int] = set()
    for path, module in tree:
        yield Module(
            path=path,
            type=type_name(type(module)),
            attributes=_attributes(module),
            parameters=tuple(_parameters(module._parameters, listed)),
            buffers=tuple(_parameters(module._buffers, listed)),
            children=tuple(indices[child] for child in module.children()),
        )


def _attributes(module: nn.Module) -> dict[str, Plain]:
    own = vars(module)
    values = ((name, as_plain(own[name])) for name in own.keys() & NAMES)
    return {name: plain for name, plain in sorted(values) if plain is not None}


def _parameters(own: dict[str, Any], listed: set[int]) -> Iterable[Parameter]:
    for name, tensor in own.items():
        if tensor is not None:
            shape = () if nn.parameter.is_lazy(tensor) else tuple(tensor.shape)
            yield Parameter(name, shape, tensor.element_size(), tensor.requires_grad, id(tensor) in listed)
            listed.add(id(tensor))


def type_name(cls: type) -> str:
    """A class's name; by torch's public name for its own modules (`torch.nn.Conv2d`)."""
    public = getattr(nn, cls.__name__, None) is cls
    return f"torch.nn.{cls.__name__}" if public else f"{cls.__module__}.{cls.__qualname__}"


def _bases(cls: type) -> tuple[str, ...]:
    return tuple(type_name(base) for base in cls.__mro__[1:] if base not in (nn.Module, object))


def _opaque(tree: Sequence[tuple[str, nn.Module]], recorder: Recorder) -> tuple[str, ...]:
    """Where something ran that cannot be seen: scripted modules, and operators that no function called."""
    scripted = {path for path, module in tree if isinstance(module, torch.jit.ScriptModule)}
    hidden = {tree[recorder.calls[op.call].module][0] for op in recorder.operators if op.function < 0}
    return tuple(sorted(scripted | hidden))


def _head(model: nn.Module, tree: Sequence[tuple[str, nn.Module]]) -> str:
    """The classifier's path, by timm's own record where the model has one, else the last linear layer's."""
    config = getattr(model, "default_cfg", None) or getattr(model, "pretrained_cfg", None)
    classifier = config.get("classifier") if isinstance(config, dict) else None
    if isinstance(classifier, str):
        return classifier
    return next((path for path, module in reversed(tree) if isinstance(module, nn.Linear)), "")


def _versions(model: nn.Module) -> dict[str, str]:
    package = (inspect.getmodule(type(model)) or torch).__name__.partition(".")[0]
    versions = {"torch": str(torch.__version__)}
    version = getattr(importlib.import_module(package), "__version__", None)
    return versions | ({package: str(version)} if isinstance(version, str) else {})
