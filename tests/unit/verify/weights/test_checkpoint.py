from __future__ import annotations

import argparse
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from registry.types import WeightsError
from registry.verify.weights import Policy, fit, read_checkpoint, unwrap


def small() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))


def same(left: nn.Module, right: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(left.state_dict().values(), right.state_dict().values(), strict=True))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"\x80\x02}q\x00.", b"\x10\0\0\0\0\0\0\0{", b"hello there"])
def test_damaged_files_are_a_sentence(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "model.pth"
    file.write_bytes(data)
    with pytest.raises(WeightsError, match=r"model\.pth|no weights"):
        unwrap(read_checkpoint(file, policy=Policy()), ["weight"])


def test_programs_are_no_weights(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    torch.export.save(torch.export.export(small().eval(), (torch.zeros(1, 1, 8, 8),)), tmp_path / "model.pt2")
    with pytest.raises(WeightsError, match=r"torch.export program"):
        read_checkpoint(tmp_path / "model.pt2", policy=Policy())
    torch.jit.save(torch.jit.trace(small().eval(), torch.zeros(1, 1, 8, 8)), file)
    with pytest.raises(WeightsError, match="TorchScript program"):
        read_checkpoint(file, policy=Policy())


WRAPPED = {
    "plain": lambda state: state,
    "OpenMMLab": lambda state: {"meta": {"epoch": 3}, "state_dict": state},
    "torchvision": lambda state: {"model": state, "optimizer": {"state": {}}, "args": argparse.Namespace(lr=0.1)},
    "DataParallel": lambda state: {"state_dict": OrderedDict((f"module.{k}", v) for k, v in state.items())},
    "compiled": lambda state: {f"module._orig_mod.{k}": v for k, v in state.items()},
    "lightning": lambda state: {"state_dict": {f"model.{k}": v for k, v in state.items()}},
    "lightning with a loss": lambda state: {
        "state_dict": {f"model.{k}": v for k, v in state.items()} | {"criterion.weight": torch.zeros(4)}
    },
    "one's own wrapper": lambda state: {f"net.encoder.{k}": v for k, v in state.items()},
    "average of torchvision": lambda state: {
        "model_ema": {"n_averaged": torch.tensor(3)} | {f"module.{k}": v for k, v in state.items()}
    },
    "average beside it": lambda state: {
        "state_dict": {f"model.{k}": v for k, v in state.items()}
        | {f"model_ema.module.{k}": v * 0 for k, v in state.items()}
    },
    "without counters": lambda state: {f"net.{k}": v for k, v in state.items() if "batches" not in k},
    "average only": lambda state: {"epoch": 1, "model_ema": {f"module.{k}": v for k, v in state.items()}},
}


@pytest.mark.parametrize("zoo", WRAPPED)
def test_weights_are_found_where_zoos_wrap_them(tmp_path: Path, zoo: str) -> None:
    torch.save(WRAPPED[zoo](small().state_dict()), tmp_path / "model.pth")
    torch.manual_seed(1)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    assert not same(model, small())
    fit(model, unwrap(read_checkpoint(tmp_path / "model.pth", policy=Policy()), model.state_dict()).tensors)
    assert same(model, small())


def test_the_average_is_taken_when_asked() -> None:
    plain = small().state_dict()
    average = {name: value * 0 for name, value in plain.items()}
    checkpoint = {"state_dict": plain, "state_dict_ema": average}
    without, weights = unwrap(checkpoint, plain), unwrap(checkpoint, plain, average=True)
    assert (without.average, without.has_average, without.steps) == (False, True, ("state_dict",))
    assert (weights.average, weights.steps) == (True, ("state_dict_ema",))
    assert weights.tensors["0.weight"].sum() == 0


def test_an_average_under_a_prefix_is_taken_when_asked() -> None:
    plain = small().state_dict()
    state = {f"model.{k}": v for k, v in plain.items()} | {f"model_ema.{k}": v * 0 for k, v in plain.items()}
    weights = unwrap({"state_dict": state}, plain, average=True)
    assert weights.average
    assert weights.tensors["0.weight"].sum() == 0
    fit(small(), weights.tensors)


def test_two_sets_of_weights_are_refused() -> None:
    plain = small().state_dict()
    state = {f"{net}.{k}": v for k, v in plain.items() for net in ("left", "right")}
    with pytest.raises(WeightsError, match=r"several sets of weights that fit: under left\., right\."):
        unwrap(state, plain)


def test_what_is_no_training_aid_is_not_left_out() -> None:
    plain = small().state_dict()
    state = {f"model.{k}": v for k, v in plain.items()} | {"head.weight": torch.zeros(2)}
    with pytest.raises(WeightsError, match=r"1 unexpected: head\.weight"):
        fit(small(), unwrap(state, plain).tensors)


def test_a_pickled_module_gives_its_weights_where_the_card_is_trusted(tmp_path: Path) -> None:
    torch.save({"model": small()}, tmp_path / "model.pth")
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    weights = unwrap(read_checkpoint(tmp_path / "model.pth", policy=Policy(trust=True)), model.state_dict())
    fit(model, weights.tensors)
    assert same(model, small())
    assert weights.steps == ("model", "the module's state_dict")


def test_many_names_are_shortened_to_their_pattern() -> None:
    class Deep(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(12))

    with pytest.raises(WeightsError, match=r"24 missing: layers\.\*\.weight \(12\), layers\.\*\.bias \(12\);"):
        fit(Deep(), {"other": torch.zeros(1)})


def test_safetensors(tmp_path: Path) -> None:
    save_file(small().state_dict(), tmp_path / "weights")
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    fit(model, unwrap(read_checkpoint(tmp_path / "weights", policy=Policy()), model.state_dict()).tensors)
    assert same(model, small())


def test_a_file_without_weights_says_what_it_holds() -> None:
    with pytest.raises(WeightsError, match="it holds 'epoch', 'optimizer'"):
        unwrap({"epoch": 1, "optimizer": {}}, ["weight"])


def test_every_key_that_does_not_fit_is_listed() -> None:
    state = dict(small().state_dict())
    state["0.weight"] = torch.zeros(2, 1, 5, 5)
    state["head.bias"] = state.pop("0.bias")
    with pytest.raises(WeightsError) as caught:
        fit(small(), state)
    assert "1 missing: 0.bias" in caught.value.message
    assert "1 unexpected: head.bias" in caught.value.message
    assert "0.weight is 2x1x5x5 and should be 2x1x3x3" in caught.value.message
    state["0.weight"] = torch.zeros(2, 1, 3, 3)
    with pytest.raises(WeightsError, match=r"1 missing: 0\.bias; 1 unexpected: head\.bias"):
        fit(small(), state)


def test_a_missing_step_counter_is_no_mistake() -> None:
    state = dict(small().state_dict())
    del state["1.num_batches_tracked"]
    fit(small(), state)
