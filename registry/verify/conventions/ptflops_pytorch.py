"""ptflops 0.7.5 with its `pytorch` back end, the only one it had before 0.7.4.

It hooks modules by their exact type, averaged over the batch, and replaces functions, not averaged. With n elements in
and o elements out:

| module | counted |
|---|---|
| Conv 1-3d | MACs and o with bias |
| ConvTranspose 1-3d | MACs over input positions and o with bias |
| Linear | MACs and o with bias |
| BatchNorm, InstanceNorm 1-3d, GroupNorm, LayerNorm | 2 n where `affine` is true, else n: so LayerNorm n |
| ReLU, PReLU, ELU, LeakyReLU, ReLU6, GELU | o |
| every pool | n |
| Upsample | o of the first sample |
| MultiheadAttention | scaling, projections with bias, products, softmax |
| timm's Attention | scaling, products, softmax |
| RNN, GRU, LSTM and their cells, a step | elements of weights and biases, and H, 7 H or 10 H a layer of H units |

| function | counted |
|---|---|
| relu, prelu, elu, relu6, silu, gelu, softmax, every pool | n |
| interpolate, upsample | o |
| torch.matmul, mm, bmm and the methods | MACs |
| torch.addmm, torch.baddbmm, Tensor.addmm | MACs, and the elements of what is added |
| torch.mul, torch.add and the methods | elements of both shapes lined up from the left |

A module that calls a replaced function counts for both: ReLU, GELU and pools twice. Not counted: fused attention,
`x @ y`, `x * y`, functional linear layers and convolutions.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from registry.verify.conventions import formulas, hooks, mmcv, names, patched, recurrent
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.conventions.hooks import Rules
from registry.verify.trace.data import FunctionCall, Module, ModuleCall, Trace, shape_of


def _linear(module: Module, call: ModuleCall) -> int:
    x, out = shape_of(call.inputs), call.outputs[0][-1]
    return prod(x[:-1]) * (x[-1] * out + out * module.has("bias"))


def _norm(module: Module, call: ModuleCall) -> int:
    return (2 if module.attributes.get("affine") else 1) * hooks.elements_in(module, call)


def _attention(module: Module, call: ModuleCall) -> int:
    query, key, value = (shape_of(call.inputs, index) for index in range(3))
    batch, length = (0, 1) if module.attributes.get("batch_first") else (1, 0)
    q, k, v = query[length], key[length], value[length]
    heads = module.number("num_heads")
    flops = q * query[2] + q * query[2] ** 2 + k * key[2] ** 2 + v * value[2] ** 2
    if module.has("in_proj_bias"):
        flops += (q + k + v) * query[2]
    flops += heads * (q * k * (query[2] // heads) + q * k + q * k * (value[2] // heads))
    return query[batch] * (flops + q * value[2] * (value[2] + 1))


def _timm_attention(module: Module, call: ModuleCall) -> int:
    batch, length, _ = shape_of(call.inputs)
    width, heads = module.number("head_dim"), module.number("num_heads")
    return batch * (length * width * heads + heads * (2 * length * length * width + length * length))


MODULES: Rules = {
    **dict.fromkeys(hooks.CONVOLUTIONS, mmcv.convolution),
    **dict.fromkeys(hooks.TRANSPOSED, mmcv.transposed),
    **dict.fromkeys((*mmcv.ACTIVATIONS, "torch.nn.GELU"), hooks.elements_out),
    **dict.fromkeys(mmcv.POOLS, hooks.elements_in),
    **dict.fromkeys((*hooks.BATCH_NORMS, *hooks.INSTANCE_NORMS, *names.modules("GroupNorm", "LayerNorm")), _norm),
    "torch.nn.Linear": _linear,
    "torch.nn.Upsample": hooks.one_sample_out,
    **dict.fromkeys((*recurrent.LAYERS, *recurrent.CELLS), recurrent.weights),
    "torch.nn.MultiheadAttention": _attention,
    "timm.layers.attention.Attention": _timm_attention,
}


def _addmm(call: FunctionCall) -> int:
    return formulas.addmm(call) + formulas.elements_in(call)


def _interpolate(call: FunctionCall) -> int:
    size, x = patched.size(call), shape_of(call.inputs)
    if size is None:
        return patched.scaled(call)
    return prod(x[:2]) * (prod(size) if isinstance(call.options["size"], tuple) else size[0] ** (len(x) - 2))


FUNCTIONS: dict[str, Callable[[FunctionCall], int]] = {
    **dict.fromkeys((*patched.ACTIVATIONS, *patched.POOLS, *names.functional("softmax")), formulas.elements_in),
    **dict.fromkeys(names.functional("interpolate", "upsample"), _interpolate),
    **dict.fromkeys(names.function_and_method("matmul", "mm", "bmm"), patched.matmul),
    **dict.fromkeys((*names.function_and_method("addmm"), "torch.baddbmm"), _addmm),
    **dict.fromkeys(names.function_and_method("mul", "add"), patched.broadcast_from_left),
}


def count(trace: Trace) -> Count:
    """MACs as ptflops' pytorch back end reports them."""
    modules = Ledger(trace)
    own = hooks.own_counts(trace, MODULES, modules)
    for index in (0, *hooks.walk(trace, MODULES)) if trace.modules[0].type not in MODULES else (0,):
        modules.add_to_module(index, own[index])
    hooked = modules.close(samples=trace.batch)
    functions = Ledger(trace)
    for function in patched.replaced_calls(trace):
        rule = FUNCTIONS.get(function.name)
        if rule is not None:
            functions.add(function.call, rule(function))
    return hooked + functions.close()


CONVENTION = Convention(
    name="ptflops 0.7.5 (pytorch)",
    version="0.7.5",
    unit="MACs",
    source="https://github.com/sovrasov/flops-counter.pytorch/blob/master/ptflops/pytorch_ops.py",
    count=count,
)
