"""Recurrent layers as the tools with module hooks count them.

thop counts gates, ptflops and deepspeed count weights; the formulas stand on the pages of the conventions.
"""

from __future__ import annotations

from math import prod

from registry.verify.trace.data import Module, ModuleCall, shape_of

LAYERS = ("torch.nn.RNN", "torch.nn.GRU", "torch.nn.LSTM")
CELLS = ("torch.nn.RNNCell", "torch.nn.GRUCell", "torch.nn.LSTMCell")


def cell(kind: str, inputs: int, hidden: int, *, bias: bool, projection: int = 0) -> int:
    """Thop's operations for one step of one sample in one `RNN`, `GRU` or `LSTM` cell."""
    gate = (inputs + (projection or hidden)) * hidden + hidden + (2 * hidden if bias else 0)
    if kind == "GRU":
        return 3 * gate + hidden + 3 * hidden
    if kind == "LSTM":
        return 4 * gate + 3 * hidden + hidden + hidden * projection
    return gate


def layers(module: Module, *, projected: bool = False) -> int:
    """Thop's operations for one step of one sample through all layers and directions.

    Args:
        module: An `nn.RNN`, `nn.GRU` or `nn.LSTM`.
        projected: Whether the tool knows of an LSTM's projection; thop 0.1.1 and before do not.
    """
    kind = module.type.rpartition(".")[2]
    inputs, hidden, bias = module.number("input_size"), module.number("hidden_size"), bool(module.attributes["bias"])
    projection = module.number("proj_size") if projected else 0
    directions = 2 if module.attributes["bidirectional"] else 1
    first = cell(kind, inputs, hidden, bias=bias, projection=projection)
    later = cell(kind, (projection or hidden) * directions, hidden, bias=bias, projection=projection)
    return directions * (first + (module.number("num_layers") - 1) * later)


def _layers(module: Module, call: ModuleCall) -> int:
    return prod(shape_of(call.inputs)[:2]) * layers(module)


def cells(module: Module, call: ModuleCall) -> int:
    """Thop's operations for a batch through `nn.RNNCell`, `nn.GRUCell` or `nn.LSTMCell`."""
    kind = module.type.rpartition(".")[2].removesuffix("Cell")
    x = shape_of(call.inputs)
    samples = x[0] if len(x) == 2 else 1
    return samples * cell(kind, module.number("input_size"), module.number("hidden_size"), bias=module.has("bias_ih"))


RULES = {**dict.fromkeys(LAYERS, _layers), **dict.fromkeys(CELLS, cells)}
"""thop's rules before it knew of projections."""


def weights(module: Module, call: ModuleCall, *, flops: bool = False) -> int:
    """Ptflops' count of a recurrent layer or cell; deepspeed's with `flops`."""
    hidden = module.number("hidden_size")
    extra = {"RNN": 1, "GRU": 7, "LSTM": 10}[module.type.rpartition(".")[2].removesuffix("Cell")]
    layered = module.type in LAYERS
    suffixes = [f"_l{layer}" for layer in range(module.number("num_layers"))] if layered else [""]
    step = 0
    for suffix in suffixes:
        step += extra * hidden
        for name in ("weight_ih", "weight_hh"):
            weight = module.shape(name + suffix)
            step += 2 * prod(weight) - weight[0] if flops else prod(weight)
        if module.has("bias_ih" + suffix):
            step += prod(module.shape("bias_ih" + suffix)) + prod(module.shape("bias_hh" + suffix))
    steps = prod(shape_of(call.inputs)[: 2 if layered else 1])
    return step * steps * (2 if module.attributes.get("bidirectional") else 1)
