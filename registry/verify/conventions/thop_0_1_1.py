"""thop 0.1.1, its last release.

It hooks modules by their exact type, as 0.0.31 does. With n elements in and o elements out of a module:

| module | counted |
|---|---|
| Conv, ConvTranspose 1-3d | o floor(C_in / groups) prod(kernel), no bias |
| Linear | o in_features, no bias |
| BatchNorm, InstanceNorm 1-3d, SyncBatchNorm, LayerNorm | 4 n, not affine 2 n |
| PReLU | n |
| Softmax | 3 f - 1 a row of f features |
| AvgPool 1-3d | o |
| AdaptiveAvgPool 1-3d | floor(o (prod(in / out) + 1)) |
| Upsample | nearest o, linear 5 o, bilinear 11 o, bicubic 259 o, trilinear 0 |
| RNN, GRU, LSTM and their cells | see below |

A recurrent layer, with I inputs and H units, takes a step and sample: one gate for RNN, three gates and 4 H for GRU,
four gates and 4 H for LSTM; a gate is (I + H) H + H, and 2 H more with bias. Further layers take the output of the one
before, and two directions take twice as much.

All else is 0: GroupNorm, activations, functional calls (so attention), and subclasses of these types. What a counted
module contains is not looked at. A module that stands at k places of the tree is hooked and summed k times, so k x k.
"""

from __future__ import annotations

from math import prod

from registry.verify.conventions import hooks, names, recurrent
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.conventions.hooks import Rules
from registry.verify.trace.data import Module, ModuleCall, Trace, shape_of


def convolution(module: Module, call: ModuleCall) -> int:
    """Over the output's positions, with the input's channels, transposed or not."""
    channels = shape_of(call.inputs)[1] // module.number("groups")
    return hooks.elements_out(module, call) * channels * prod(module.shape("weight")[2:])


def normalization(module: Module, call: ModuleCall) -> int:
    """4 n, not affine 2 n."""
    return (4 if hooks.is_affine(module) else 2) * hooks.elements_in(module, call)


def softmax_rows(elements: int, features: int) -> int:
    """F exponentials, f - 1 additions and f divisions a row."""
    return elements // features * (3 * features - 1)


def _softmax(module: Module, call: ModuleCall) -> int:
    shape = shape_of(call.inputs)
    return softmax_rows(prod(shape), shape[module.number("dim", -1)])


def _adaptive_pool(module: Module, call: ModuleCall) -> int:
    ratio = 1.0
    for size, outputs in zip(shape_of(call.inputs)[2:], call.outputs[0][2:], strict=False):
        ratio *= size / outputs
    return int((ratio + 1) * hooks.elements_out(module, call))


RULES: Rules = {
    **dict.fromkeys((*hooks.CONVOLUTIONS, *hooks.TRANSPOSED), convolution),
    "torch.nn.Linear": hooks.linear,
    **dict.fromkeys((*hooks.BATCH_NORMS, *hooks.INSTANCE_NORMS), normalization),
    **dict.fromkeys(names.modules("SyncBatchNorm", "LayerNorm"), normalization),
    "torch.nn.PReLU": hooks.elements_in,
    "torch.nn.Softmax": _softmax,
    **dict.fromkeys(hooks.AVERAGE_POOLS, hooks.elements_out),
    **dict.fromkeys(hooks.ADAPTIVE_AVERAGE_POOLS, _adaptive_pool),
    **dict.fromkeys(hooks.UPSAMPLES, hooks.upsampling(nearest=1, linear=5, bilinear=11, bicubic=259)),
    **recurrent.RULES,
    **dict.fromkeys(hooks.MAX_POOLS, None),
    **dict.fromkeys(names.modules("ZeroPad2d", "ReLU", "ReLU6", "LeakyReLU", "Dropout", "PixelShuffle"), None),
    "torch.nn.Sequential": None,
}


def count(trace: Trace) -> Count:
    """Operations as thop 0.1.1 reports them."""
    ledger = Ledger(trace)
    hooks.count_tree(trace, RULES, ledger, (0, *hooks.walk(trace, RULES.keys() - {"torch.nn.Sequential"})))
    return ledger.close()


CONVENTION = Convention(
    name="thop 0.1.1",
    version="0.1.1.post2209072238",
    unit="MACs",
    source="https://github.com/Lyken17/pytorch-OpCounter/tree/master/thop",
    count=count,
)
