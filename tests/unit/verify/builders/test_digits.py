"""The registry's own card says what its weights say, by arithmetic that shares nothing with the evaluation."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from sklearn.datasets import load_digits

from registry.verify.builders.digits_cnn import DigitsCNN

MODELS = Path(__file__).parents[4] / "models"
WEIGHTS = MODELS / "digits-cnn.safetensors"


def printed(key: str) -> str:
    match = re.search(rf"(?m)^\s*{key}: (.*)$", (MODELS / "digits-cnn.md").read_text(encoding="utf-8"))
    assert match is not None
    return match[1].strip("'")


def test_the_card_describes_the_file_beside_it() -> None:
    data = WEIGHTS.read_bytes()
    assert printed("SHA256") == hashlib.sha256(data).hexdigest()
    assert printed("File Size") == f"{len(data)} B"
    assert len(data) < 200_000
    assert printed("Parameters") == str(sum(tensor.numel() for tensor in load_file(WEIGHTS).values()))


def test_flops_are_twice_the_multiplications_of_each_layer() -> None:
    convolutions = 8 * 8 * 9 * (1 * 16 + 16 * 32) + 4 * 4 * 9 * 32 * 64
    assert printed("FLOPs") == str(2 * (convolutions + 256 * 10))


def test_accuracy_is_what_numpy_counts() -> None:
    model = DigitsCNN().eval()
    model.load_state_dict(load_file(WEIGHTS))
    digits = load_digits()
    pictures = torch.from_numpy(digits.images[1437:].astype(np.float32) / 16).unsqueeze(1)
    with torch.inference_mode():
        ranked = np.argsort(-model(pictures).numpy(), axis=1)
    hits = ranked == digits.target[1437:, None]
    assert len(hits) == 360
    assert printed("Top 1 Accuracy") == f"{hits[:, :1].any(1).mean():.2%}"
    assert printed("Top 5 Accuracy") == f"{hits[:, :5].any(1).mean():.2%}"
