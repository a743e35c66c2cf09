"""Which attributes of modules and arguments of functions are recorded: those that some convention reads."""

from __future__ import annotations

NAMES = frozenset(
    str.split("""
    add_zero_attn affine batch_first bias bidirectional count_include_pad dilation dim elementwise_affine embed_dim
    groups head_dim hidden_size in1_features in2_features in_channels in_features input_size kdim kernel_size mode
    num_heads num_layers out_channels out_features output_size padding proj_size stride training vdim
    """)
)
"""Attributes of modules."""

_CONV = "input weight bias stride padding dilation groups"
_CONV_TRANSPOSE = "input weight bias stride padding output_padding groups dilation"

SIGNATURES = {
    name: tuple(parameters.split())
    for name, parameters in {
        "conv1d": _CONV,
        "conv2d": _CONV,
        "conv3d": _CONV,
        "conv_transpose1d": _CONV_TRANSPOSE,
        "conv_transpose2d": _CONV_TRANSPOSE,
        "conv_transpose3d": _CONV_TRANSPOSE,
        "linear": "input weight bias",
        "batch_norm": "input running_mean running_var weight bias training",
        "instance_norm": "input running_mean running_var weight bias use_input_stats",
        "layer_norm": "input normalized_shape weight bias",
        "rms_norm": "input normalized_shape weight",
        "group_norm": "input num_groups weight bias",
        "matmul": "input other",
        "mm": "input mat2",
        "bmm": "input mat2",
        "addmm": "input mat1 mat2",
        "baddbmm": "input batch1 batch2",
        "addmv": "input mat vec",
        "einsum": "equation",
        "scaled_dot_product_attention": "query key value attn_mask",
        "multi_head_attention_forward": "query key value embed_dim_to_check num_heads in_proj_weight in_proj_bias "
        "bias_k bias_v add_zero_attn",
        "interpolate": "input size scale_factor mode",
        "upsample": "input size scale_factor mode",
        "grid_sample": "input grid mode",
        "add": "input other",
        "mul": "input other",
        "softmax": "input dim",
        "lstm": "input hx",
        "leaky_relu": "input negative_slope inplace",
    }.items()
}
"""Functions whose arguments are told apart by name, positional or not: by bare name, their leading parameters."""
