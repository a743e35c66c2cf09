"""Series in the UEA archive's format, and the model of this package that tells speakers by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from registry.types import DatasetError
from registry.verify.builders.vowels import VowelCNN
from registry.verify.datasets import find

TEXT = """#notes
@problemName Sounds
@dimensions 2
@classLabel true low high
@data
1,2,3:0.5,-1,2:high
4,5:1,0:low
"""


def write(folder: Path, text: str = TEXT) -> Path:
    (folder / "Sounds_TEST.ts").write_text(text)
    return folder


def test_shorter_series_are_filled_up_and_classes_numbered_as_the_model_does(tmp_path: Path) -> None:
    dataset = find("Sounds", {"sounds": write(tmp_path)}, categories=("high", "low"))
    assert (dataset.name, dataset.classes, dataset.labels.tolist()) == ("Sounds (test)", ("high", "low"), [0, 1])
    assert np.array_equal(dataset.sample(0), np.array([[1, 0.5], [2, -1], [3, 2]], np.float32))
    assert np.array_equal(dataset.sample(1), np.array([[4, 1], [5, 0], [0, 0]], np.float32))
    assert find("Sounds", {"sounds": tmp_path}).classes == ("low", "high")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT.replace("high\n4", "loud\n4"), "other dimensions or classes than it says"),
        (TEXT.replace(":1,0:low", ":low"), "other dimensions or classes than it says"),
        (TEXT.replace("4,5:", "4,?:"), "something else than series of numbers"),
        (TEXT.replace("1,0:low", "1:low"), "something else than series of numbers"),
        (TEXT.partition("@data")[0], "has no series"),
    ],
)
def test_what_is_no_such_file_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        find("Sounds", {"sounds": write(tmp_path, text)})


def test_another_split_is_not_taken_for_the_one_that_is_meant(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has not one file \*_TRAIN\.ts; it has Sounds_TEST\.ts"):
        find("Sounds", {"sounds": write(tmp_path)}, split="train")


def test_what_comes_after_the_end_of_an_utterance_changes_nothing() -> None:
    torch.manual_seed(0)
    model, sound = VowelCNN().eval(), torch.randn(2, 9, 12)
    longer = torch.cat([sound, torch.zeros(2, 20, 12)], 1)
    with torch.inference_mode():
        assert torch.allclose(model(sound), model(longer), atol=1e-6)
