"""A GPU that runs out of memory: smaller batches and the same score; where one sample is too much, others go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

VERIFY = (
    "verify",
    "--engine",
    "local",
    "--device",
    "cpu",
    "--format",
    "json",
    "--only",
    "top-1-accuracy,top-5-accuracy",
)

FORWARD = """
import torch
from registry.verify.builders.digits_cnn import DigitsCNN
real, seen = DigitsCNN.forward, []
def forward(model, pictures):
    if model not in seen:
        seen.append(model)
    if len(pictures) > {most} and ({all} or model is seen[0]):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    return real(model, pictures)
DigitsCNN.forward = forward
"""

PLACING = """
import torch
real, asked = torch.nn.Module.to, []
def to(model, *where, **named):
    asked.extend([model] if where and where[0] == torch.device("cpu") else [])
    if asked == [model]:
        raise torch.OutOfMemoryError("CUDA out of memory.")
    return real(model, *where, **named)
torch.nn.Module.to = to
"""


def rows(run: Any) -> dict[tuple[str, str], tuple[str, Any]]:
    assert run.err == ""
    return {(row["model"], row["subject"]): (row["verdict"], row["measured"]) for row in json.loads(run.out)}


@pytest.mark.parametrize("most", [1, 5, 31])
def test_smaller_batches_give_the_same_score(warm: Any, zoo: Path, most: int) -> None:
    expected = rows(warm.run(*VERIFY, zoo))
    run = warm.run(*VERIFY, zoo, "--force", first=FORWARD.format(most=most, all=True))
    assert run.code == 0
    assert rows(run) == expected
    assert {verdict for verdict, _ in expected.values()} == {"reproduced"}


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (FORWARD.format(most=0, all=False), "the memory of cpu is too small for one sample at a time"),
        (PLACING, "the model does not fit into the memory of cpu"),
    ],
    ids=["a sample", "the model"],
)
def test_a_model_that_is_too_large_is_said_and_the_others_go_on(warm: Any, zoo: Path, first: str, reason: str) -> None:
    run = warm.run(*VERIFY, zoo, first=first)
    assert run.code == 0
    verdicts = {model: verdict for (model, _), (verdict, _) in rows(run).items()}
    assert verdicts == {"digits-0": "unverifiable", "digits-1": "reproduced"}
    assert run.out.count(reason) == 2
    again = warm.run(*VERIFY, zoo)
    assert {verdict for verdict, _ in rows(again).values()} == {"reproduced"}, (
        "that it did not fit once is not for ever"
    )
