"""What counts of multiply-adds leave out of a model, as warnings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from registry.verify.conventions.torch_counter import MACS
from registry.verify.trace.data import CHECKS_DEVICE, NEEDED_VALUES, SPARSE, Trace

COMPUTING = frozenset(
    f"torch.nn.{name}"
    for name in str.split("""
    Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d GRU GRUCell LSTM LSTMCell Linear
    MultiheadAttention RNN RNNCell
    """)
)
"""Modules that cannot run without multiplying by a matrix."""

PRODUCTS = frozenset(
    str.split("""
    _addmm_activation _cdist_forward _grouped_mm _int_mm _trilinear addbmm addmv addr cdist conv_tbc dot
    fft_fft fft_rfft _fft_r2c _fft_c2c _fft_c2r inner linear_dynamic linear_relu_dynamic lstm mkldnn_rnn_layer mv outer
    _sparse_mm _sparse_addmm quantized_lstm_cell quantized_gru_cell scaled_mm deform_conv2d vdot _weight_int4pack_mm
    _weight_int8pack_mm _euclidean_dist _native_multi_head_attention _transformer_encoder_layer_fwd addmm baddbmm
    cholesky_inverse cholesky_solve geqrf lu_solve ormqr triangular_solve
    """)
)
"""Operators that multiply and add, by bare name, which torch's counter does not know."""


_LIBRARIES = frozenset(
    str.split("_c10d_functional aten c10d inductor mkl mkldnn prim prims profiler quantized rngprims torchvision")
)
"""Where operators come from that are known to compute nothing, or what conventions count."""

_FACTORS = re.compile(r"aten\._?linalg_(?!vector_norm|cross|diagonal|vecdot|check_errors)|aten\..*mkldnn")
"""Operators of linear algebra, and what hands a part of the model to oneDNN, whose own operators are not dispatched."""

_QUANTIZED = re.compile(r"quantized\..*(conv|linear|matmul|lstm|gru)")
"""Operators of 8-bit numbers that multiply and add."""


def warnings(traced: Trace) -> Iterator[str]:
    """Sentences on what is missing in every count of multiply-adds; nothing where nothing is known to be."""
    missed = sorted({op.name for op in traced.operators if op.name not in MACS and _computes(op.name)})
    if missed:
        yield f"MACs leave out {', '.join(missed)}, as torch's own counter does: the model computes more than that"
    counted = {traced.calls[op.call].module for op in traced.operators if op.name in MACS and op.call >= 0}
    if not counted and (matrices := _matrices(traced)):
        yield f"MACs are 0, though the model holds {matrices} and ran: nothing that it does is known to be counted"
    elif idle := list(_idle(traced, counted)):
        names = ", ".join(idle[:3]) + (f" and {len(idle) - 3} more" if len(idle) > 3 else "")
        yield f"MACs are 0 for {names}, which ran and surely computes"
    strange = sorted({op.name for op in traced.operators if op.name.partition(".")[0] not in _LIBRARIES})
    if strange:
        yield f"nothing is counted of {', '.join(strange)}, which torch does not know: it may compute"
    outside = ", ".join(name for name in traced.outside if name not in (NEEDED_VALUES, CHECKS_DEVICE, SPARSE))
    if CHECKS_DEVICE in traced.outside:
        yield "its code asks on which device it runs: elsewhere than on the meta device it may compute otherwise"
    if SPARSE in traced.outside:
        yield "products with sparse matrices are counted as if they were dense, as torch's own counter does"
    if NEEDED_VALUES in traced.outside:
        yield (
            "an operation failed because there are no values on the meta device, and the model went on: with values it "
            "may compute something else"
        )
    if outside:
        yield f"a part of the model runs outside of torch ({outside}), where nothing is counted"


def _computes(name: str) -> bool:
    # What changes its first argument has another name, which torch's counter does not know either.
    bare = name.rpartition(".")[2]
    return bare in PRODUCTS or bare.rstrip("_") in PRODUCTS or bool(_QUANTIZED.match(name) or _FACTORS.match(name))


def _matrices(traced: Trace) -> str:
    matrices = [module for module in traced.modules if any(len(own.shape) > 1 for own in module.parameters)]
    matrices = [module for module in matrices if "Embedding" not in module.type]
    return f"{len(matrices)} matrices or kernels" if len(matrices) > 1 else "a matrix or kernel" if matrices else ""


def _idle(traced: Trace, counted: Set[int]) -> Iterator[str]:
    """Modules that must compute and ran, and in which nothing was counted."""
    busy = set(counted)
    for index in reversed(range(len(traced.modules))):
        # Children stand behind their parents.
        if busy.intersection(traced.modules[index].children):
            busy.add(index)
    ran = {call.module for call in traced.calls}
    for index, module in enumerate(traced.modules):
        kinds = (module.type, *traced.types.get(module.type, ()))
        if index in ran - busy and not COMPUTING.isdisjoint(kinds):
            yield f"{module.path or 'the model'} ({module.type.rpartition('.')[2]})"
