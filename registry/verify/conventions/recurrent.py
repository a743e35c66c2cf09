"""Recurrent cells as thop counts them, in all its versions.

With I inputs, H hidden units, and R = H recurrent inputs (the projection's width where an LSTM projects), a gate is
(I + R) H + H, and 2 H more with bias. A plain cell is one gate. A GRU is three, 1 H for the reset and 3 H for the
update. An LSTM is four, 3 H for the cell and 1 H for the output.
"""

from __future__ import annotations

from registry.verify.trace.data import Module


def cell(kind: str, inputs: int, hidden: int, *, bias: bool, projection: int = 0) -> int:
    """Operations of one step of one sample in one `RNN`, `GRU` or `LSTM` cell."""
    gate = (inputs + (projection or hidden)) * hidden + hidden + (2 * hidden if bias else 0)
    if kind == "GRU":
        return 3 * gate + hidden + 3 * hidden
    if kind == "LSTM":
        return 4 * gate + 3 * hidden + hidden + hidden * projection
    return gate


def layers(kind: str, module: Module, *, projected: bool = False) -> int:
    """Operations of one step of one sample through all layers and directions of `nn.RNN`, `nn.GRU` or `nn.LSTM`.

    Args:
        kind: `RNN`, `GRU` or `LSTM`.
        module: The recurrent module.
        projected: Whether the tool knows of an LSTM's projection; thop 0.1.1 and before do not.
    """
    inputs, hidden, bias = module.number("input_size"), module.number("hidden_size"), bool(module.attributes["bias"])
    projection = module.number("proj_size") if projected else 0
    directions = 2 if module.attributes["bidirectional"] else 1
    first = cell(kind, inputs, hidden, bias=bias, projection=projection)
    later = cell(kind, (projection or hidden) * directions, hidden, bias=bias, projection=projection)
    return directions * (first + (module.number("num_layers") - 1) * later)
