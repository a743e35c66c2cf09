"""mmcv 1.x, `get_model_complexity_info`: what OpenMMLab's metafiles were counted with until 2022. An early ptflops.

It hooks modules by their exact type, and averages over the batch. With n elements in and o elements out of a module:

| module | counted |
|---|---|
| Conv 1-3d | MACs and o with bias |
| ConvTranspose2d | MACs over input positions and o with bias |
| Linear | n out_features, no bias |
| BatchNorm, InstanceNorm 1-3d, GroupNorm, LayerNorm | 2 n, not affine n |
| ReLU, PReLU, ELU, LeakyReLU, ReLU6 | o |
| every pool | n |
| Upsample | o of the first sample |

All else is 0: GELU, SiLU, functional calls (so attention), SyncBatchNorm, recurrent layers.

Switches:

- `head`: False leaves the classifier out.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

from registry.verify.conventions import hooks, names
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.conventions.hooks import Rules
from registry.verify.trace.data import Module, ModuleCall, Shape, Trace, shape_of


def convolution(module: Module, call: ModuleCall) -> int:
    """MACs over the output's positions, and o with bias."""
    return _convolution(module, call, call.outputs[0])


def transposed(module: Module, call: ModuleCall) -> int:
    """MACs over the input's positions, and o with bias."""
    return _convolution(module, call, shape_of(call.inputs))


def _convolution(module: Module, call: ModuleCall, over: Shape) -> int:
    filters = module.number("in_channels") * (module.number("out_channels") // module.number("groups"))
    macs = over[0] * prod(over[2:]) * prod(module.shape("weight")[2:]) * filters
    return macs + hooks.elements_out(module, call) * module.has("bias")


def norm(module: Module, call: ModuleCall) -> int:
    """2 n, not affine n."""
    return (2 if hooks.is_affine(module) else 1) * hooks.elements_in(module, call)


def _linear(_module: Module, call: ModuleCall) -> int:
    return prod(shape_of(call.inputs)) * call.outputs[0][-1]


ACTIVATIONS = names.modules("ReLU", "PReLU", "ELU", "LeakyReLU", "ReLU6")
POOLS = (*hooks.MAX_POOLS, *hooks.AVERAGE_POOLS, *hooks.ADAPTIVE_AVERAGE_POOLS)
_WRAPPERS = "mmcv.cnn.bricks.wrappers."

RULES: Rules = {
    **dict.fromkeys((*hooks.CONVOLUTIONS, _WRAPPERS + "Conv2d", _WRAPPERS + "Conv3d"), convolution),
    **dict.fromkeys(ACTIVATIONS, hooks.elements_out),
    **dict.fromkeys((*POOLS, _WRAPPERS + "MaxPool2d", _WRAPPERS + "MaxPool3d"), hooks.elements_in),
    **dict.fromkeys((*hooks.BATCH_NORMS, *hooks.INSTANCE_NORMS, *names.modules("GroupNorm", "LayerNorm")), norm),
    **dict.fromkeys(("torch.nn.Linear", _WRAPPERS + "Linear"), _linear),
    "torch.nn.Upsample": hooks.one_sample_out,
    **dict.fromkeys(("torch.nn.ConvTranspose2d", _WRAPPERS + "ConvTranspose2d"), transposed),
}


def count(trace: Trace, *, head: bool = True) -> Count:
    """Operations a sample, as mmcv 1.x reports them."""
    return _whole(trace).close(samples=trace.batch, without=frozenset() if head else trace.heads)


@lru_cache(maxsize=1)  # with the head and without
def _whole(trace: Trace) -> Ledger:
    ledger = Ledger(trace)
    for index, own in hooks.own_counts(trace, RULES, ledger).items():
        ledger.add_to_module(index, own)
    return ledger


CONVENTION = Convention(
    name="mmcv 1.x",
    version="1.7.2",
    unit="MACs",
    source="https://github.com/open-mmlab/mmcv/blob/v1.7.2/mmcv/cnn/utils/flops_counter.py",
    count=count,
    switches={"head": (True, False)},
    labels={("head", False): "without head"},
)
