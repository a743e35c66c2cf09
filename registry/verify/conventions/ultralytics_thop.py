"""ultralytics-thop 2.2.3, the maintained fork of thop that Ultralytics prints its FLOPs with (twice this).

It hooks modules by their type or the nearest base class that has a rule, and counts products called as functions
outside of every module with a rule. With n elements in and o elements out of a module:

| module or function | counted |
|---|---|
| Conv 1-3d | o floor(C_in / groups) prod(kernel), no bias |
| ConvTranspose 1-3d | n floor(C_out / groups) prod(kernel) |
| Linear; Bilinear | o in_features; o (in1 + 1) in2 |
| BatchNorm, InstanceNorm 1-3d, LayerNorm, GroupNorm, RMSNorm | 4 n, not affine 2 n |
| PReLU | n |
| Softmax, Softmax2d | 3 f - 1 a row of f features; Softmin n more, LogSoftmax a row 1 more |
| AvgPool 1-3d | elements of all windows, and o |
| AdaptiveAvgPool 1-3d | the same, windows from floor(j in / out) to ceil((j + 1) in / out) |
| Upsample | linear 5 o, bilinear 11 o, bicubic 259 o, trilinear 31 o |
| MultiheadAttention | its projections, both products, and the softmax |
| RNN, GRU, LSTM and their cells | see below |
| matmul, bmm, `@`, linear | o times the last size of the first factor |
| einsum of two operands | the product of all index sizes |
| scaled_dot_product_attention | o / E_v S (E + E_v) |
| multi_head_attention_forward | as the module |

A recurrent layer, with I inputs, H units and R recurrent inputs (H, or the P of a projected LSTM), takes a step and
sample: one gate for RNN, three gates and 4 H for GRU, four gates, 4 H and H P for LSTM; a gate is (I + R) H + H, and
2 H more with bias. Further layers take the output of the one before, and two directions take twice as much.

All else is 0: activations, LeakyReLU, baddbmm, addmm.
"""

from __future__ import annotations

from functools import cache
from math import prod

from registry.verify.conventions import formulas, hooks, names, recurrent
from registry.verify.conventions.convention import Convention, Count, Ledger
from registry.verify.conventions.hooks import Rule
from registry.verify.conventions.thop_0_1_1 import convolution, normalization, softmax_rows
from registry.verify.trace.data import FunctionCall, Module, ModuleCall, Shape, Trace, shape_of

_PRIVATE = "torch.nn.modules."


def _softmax(module: Module, call: ModuleCall) -> int:
    shape = shape_of(call.inputs)
    implicit = 0 if len(shape) in (0, 1, 3) else 1
    features = shape[-3 if module.type == "torch.nn.Softmax2d" else module.number("dim", implicit)]
    rows = prod(shape) // features
    extra = {"torch.nn.Softmin": prod(shape), "torch.nn.LogSoftmax": rows}.get(module.type, 0)
    return softmax_rows(prod(shape), features) + extra


def _average_pool(module: Module, call: ModuleCall) -> int:
    # By the kernel where it is given for each dimension: the name of a subclass, such as AvgPool2dSame, does not say.
    kernel_size = module.attributes.get("kernel_size")
    dims = len(kernel_size) if isinstance(kernel_size, tuple) else len(call.outputs[0]) - 2
    kernel, stride, padding = (
        formulas.per_axis(module.attributes.get(name), dims) for name in ("kernel_size", "stride", "padding")
    )
    x, out = shape_of(call.inputs), call.outputs[0]
    windows = 1
    for size, outputs, k, s, p in zip(x[-dims:], out[-dims:], kernel, stride, padding, strict=True):
        lower, upper = (-p, size + p) if module.attributes.get("count_include_pad") else (0, size)
        windows *= sum(max(min(i * s - p + k, upper) - max(i * s - p, lower), 0) for i in range(outputs))
    return prod(x[:-dims]) * windows + prod(out)


def _adaptive_pool(_module: Module, call: ModuleCall) -> int:
    windows = 1
    for size, outputs in zip(shape_of(call.inputs), call.outputs[0], strict=True):
        spans = (-(-(j + 1) * size // outputs) - j * size // outputs for j in range(outputs))
        windows *= outputs if size == outputs else sum(spans)
    return windows + prod(call.outputs[0])


def _bilinear(module: Module, call: ModuleCall) -> int:
    return hooks.elements_out(module, call) * (module.number("in1_features") + 1) * module.number("in2_features")


def _layers(module: Module, call: ModuleCall) -> int:
    shape = shape_of(call.inputs)
    return prod(shape[:2] if len(shape) == 3 else shape[:1]) * recurrent.layers(module, projected=True)


def _attention(
    inputs: tuple[Shape | None, ...],
    outputs: tuple[Shape, ...],
    *,
    batch_first: bool = False,
    embed: int,
    heads: int,
    widths: int,
    appended: int,
) -> int:
    """Projections, products and softmax of multi-head attention.

    Args:
        inputs: Query and key.
        outputs: The output, and the weights where they are returned.
        batch_first: Whether the batch is the first dimension, not the second.
        embed: Width of the embedding.
        heads: Number of heads.
        widths: Width of key and value together.
        appended: Positions appended to the keys after projecting.
    """
    out, key = outputs[0], shape_of(inputs, 1)
    inner = batch_first or len(out) == 2
    length = out[-2] if inner else out[0]
    batch = 1 if len(out) == 2 else out[0 if batch_first else 1]
    attended = outputs[1][-1] if len(outputs) > 1 else (key[-2] if inner else key[0]) + appended
    projections = embed * (2 * length * embed + (attended - appended) * widths)
    products = 2 * length * attended * embed
    return batch * (projections + products) + softmax_rows(batch * heads * length * attended, attended)


def _attention_module(module: Module, call: ModuleCall) -> int:
    return _attention(
        call.inputs,
        call.outputs,
        batch_first=bool(module.attributes.get("batch_first")),
        embed=module.number("embed_dim"),
        heads=module.number("num_heads"),
        widths=module.number("kdim") + module.number("vdim"),
        appended=module.has("bias_k") + bool(module.attributes.get("add_zero_attn")),
    )


RULES: dict[str, Rule | None] = {
    **dict.fromkeys(hooks.CONVOLUTIONS, convolution),
    **dict.fromkeys(hooks.TRANSPOSED, hooks.transposed),
    _PRIVATE + "batchnorm._NormBase": normalization,
    **dict.fromkeys(names.modules("LayerNorm", "GroupNorm", "RMSNorm"), normalization),
    "torch.nn.PReLU": hooks.elements_in,
    **dict.fromkeys(names.modules("Softmax", "LogSoftmax", "Softmin", "Softmax2d"), _softmax),
    **dict.fromkeys(hooks.AVERAGE_POOLS, _average_pool),
    **dict.fromkeys(hooks.ADAPTIVE_AVERAGE_POOLS, _adaptive_pool),
    "torch.nn.Linear": hooks.linear,
    "torch.nn.Bilinear": _bilinear,
    **dict.fromkeys(hooks.UPSAMPLES, hooks.upsampling(linear=5, bilinear=11, bicubic=259, trilinear=31)),
    **dict.fromkeys(recurrent.CELLS, recurrent.cells),
    **dict.fromkeys(recurrent.LAYERS, _layers),
    "torch.nn.MultiheadAttention": _attention_module,
    **dict.fromkeys(hooks.MAX_POOLS, None),
    **dict.fromkeys(names.modules("ReLU", "ReLU6", "LeakyReLU", "Identity", "Flatten", "Unflatten", "Unfold"), None),
    **dict.fromkeys(names.modules("PixelShuffle", "PixelUnshuffle", "ChannelShuffle", "Embedding", "Sequential"), None),
    _PRIVATE + "dropout._DropoutNd": None,
    **dict.fromkeys((f"{_PRIVATE}padding._{kind}PadNd" for kind in ("Constant", "Reflection", "Replication")), None),
}


def _product(call: FunctionCall) -> int:
    return formulas.elements_out(call) * shape_of(call.inputs)[-1]


def _attention_function(call: FunctionCall) -> int:
    key, value = shape_of(call.inputs, 1), shape_of(call.inputs, 2)
    embed, heads = call.options["embed_dim_to_check"], call.options["num_heads"]
    appended = bool(shape_of(call.inputs, 7)) + bool(call.options.get("add_zero_attn"))
    assert isinstance(embed, int)
    assert isinstance(heads, int)
    return _attention(
        call.inputs, call.outputs, embed=embed, heads=heads, widths=key[-1] + value[-1], appended=appended
    )


def _einsum(call: FunctionCall) -> int:
    shapes = formulas.operands(call)
    return einsum_macs(formulas.equation(call), shapes) if len(shapes) == 2 else 0


@cache
def einsum_macs(equation: str, shapes: tuple[Shape, ...]) -> int:
    """Multiply-accumulates of an einsum of two operands; indices only one of them has are summed away beforehand."""
    left, arrow, out = equation.partition("->")
    if not arrow:
        out = "..." + "".join(letter for letter in left if left.count(letter) == 1)
    sizes: list[dict[str | int, int]] = []
    for subscripts, shape in zip(left.split(","), shapes, strict=True):
        head, _, tail = subscripts.partition("...")
        # Dimensions of an ellipsis are told apart by their place from the right, as they broadcast.
        names = (*head, *range(len(shape) - len(head) - len(tail), 0, -1), *tail)
        sizes.append({name: size for name, size in zip(names, shape, strict=True) if size != 1})
    total = 1
    for name in sizes[0].keys() | sizes[1].keys():
        in_output = name in out if isinstance(name, str) else "..." in out
        if in_output or (name in sizes[0] and name in sizes[1]):
            total *= sizes[0].get(name, sizes[1].get(name, 1))
    return total


FUNCTIONS = {
    **dict.fromkeys(("torch.matmul", "torch.Tensor.matmul", "torch.Tensor.__matmul__"), _product),
    **dict.fromkeys(("torch.bmm", "torch.Tensor.bmm", "torch.nn.functional.linear"), _product),
    "torch.einsum": _einsum,
    "torch.nn.functional.multi_head_attention_forward": _attention_function,
    "torch.nn.functional.scaled_dot_product_attention": formulas.attention,
}


def count(trace: Trace) -> Count:
    """Operations as ultralytics-thop reports them."""
    ledger = Ledger(trace)
    rules = {name: _nearest(name, bases) for name, bases in trace.types.items()}
    inside: list[bool] = []
    for index, call in enumerate(trace.calls):
        module = trace.modules[call.module]
        has_rule, rule = rules[module.type]
        inside.append(rule is not None or (call.caller >= 0 and inside[call.caller]))
        if rule is not None:
            ledger.add(index, rule(module, call))
        elif not has_rule and not module.children:
            ledger.skip(module.type)
    for function in trace.functions:
        counter = FUNCTIONS.get(function.name)
        if counter is not None and function.caller < 0 and not inside[function.call]:
            ledger.add(function.call, counter(function))
    return ledger.close()


def _nearest(name: str, bases: tuple[str, ...]) -> tuple[bool, Rule | None]:
    """Whether a type or one of its bases, nearest first, has a rule, and which."""
    return next(((True, RULES[base]) for base in (name, *bases) if base in RULES), (False, None))


CONVENTION = Convention(
    name="ultralytics-thop 2.2.3",
    version="2.2.3",
    unit="MACs",
    source="https://github.com/ultralytics/thop",
    count=count,
)
