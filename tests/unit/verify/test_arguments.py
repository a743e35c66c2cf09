"""Inputs are told as people tell them, and what cannot be understood is one sentence."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from registry.types import UsageError
from registry.verify.arguments import parse_input, read_inputs


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ((3, 224, 224), "1x3x224x224"),
        (torch.Size([16]), "1x16"),
        ([(1, 3, 8, 8), (1, 10)], "1x3x8x8, 1x10"),
        ([((1, 128), "int64")], "1x128:int64"),
        ([((1, 128), torch.int64), "2x4:bool"], "1x128:int64, 2x4:bool"),
        ((((1, 128), "int64")), "1x128:int64"),
        ({"input_ids": ((1, 128), "int64"), "mask": "1x128:bool"}, "input_ids=1x128:int64, mask=1x128:bool"),
        ({"ids": {"shape": [1, 4], "dtype": "long"}}, "ids=1x4:int64"),
        ([[(3, 8, 8)]], "[3x8x8]"),
        ([torch.zeros(1, 5)], "1x5"),
        ({"x": (1, 4), "flag": True, "name": "mean"}, "x=1x4, flag=True, name=mean"),
        ([((), "float32")], "a single number:float32"),
    ],
)
def test_inputs_are_understood(inputs: Any, text: str) -> None:
    assert str(read_inputs(inputs)) == text


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("3x224x224", "", "1x3x224x224"),
        ("input_ids=1x128:int64", "input_ids", "1x128:int64"),
        ("1x128:long", "", "1x128:int64"),
        ("x=2x4", "x", "2x4"),
    ],
)
def test_the_options_text_is_understood(text: str, name: str, expected: str) -> None:
    argument, spec = parse_input(text)
    assert (argument, str(spec)) == (name, expected)


@pytest.mark.parametrize("text", ["big", "3x-4", "a b=1x2", "=1x2", "1x2:nothing", "999999999x999999999"])
def test_what_is_no_shape_is_one_sentence(text: str) -> None:
    with pytest.raises(UsageError):
        parse_input(text)
