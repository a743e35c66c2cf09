"""Small models of every kind: the count is the one that a hand makes, or it is refused or warned of with the reason."""

from __future__ import annotations

import copy
import warnings

import pytest
import torch
from torch import nn

import registry
from registry.types import BuildError
from tests.unit.verify.counts.kinds import attention, functions, layers, traps, values

TABLES = (layers.KINDS, attention.KINDS, functions.KINDS, values.KINDS, traps.KINDS)
KINDS = {name: case for table in TABLES for name, case in table.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_counted_as_by_hand(kind: str) -> None:
    case = KINDS[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = case.make()
        state = {} if _lazy(model) else copy.deepcopy(_plain(model))
        if case.macs is None:
            reason = case.says or r"the model does not run on|nothing can be counted"
            with pytest.raises(BuildError, match=reason) as caught:
                registry.count(model, case.inputs, arguments=case.arguments)
            assert len(caught.value.message) < 700
            return
        counted = registry.count(model, case.inputs, arguments=case.arguments)
    assert counted["counts"]["MACs"]["total"] == case.macs
    assert counted["counts"]["torch"]["total"] == 2 * case.macs
    assert counted["run"].startswith("a real run on the CPU" if case.real else "the model without values")
    assert bool(counted["warnings"]) == bool(case.says), counted["warnings"]
    assert case.says in " ".join(counted["warnings"])
    assert all(torch.equal(value, _plain(model)[name]) for name, value in state.items())


def _lazy(model: nn.Module) -> bool:
    return any(map(nn.parameter.is_lazy, (*model.parameters(), *model.buffers())))


def _plain(model: nn.Module) -> dict[str, torch.Tensor]:
    """The weights whose values can be read: none that is sparse, quantized or of oneDNN."""
    return {
        name: value
        for name, value in model.state_dict().items()
        if isinstance(value, torch.Tensor) and value.layout is torch.strided and not value.is_quantized
    }


def test_no_kind_has_the_name_of_another() -> None:
    assert len(KINDS) == sum(map(len, TABLES)) >= 150
