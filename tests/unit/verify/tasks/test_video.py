"""Videos beside torchvision's own choice of clips, its transform, and the aggregation of its reference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
import torch
from torch import nn

from registry.types import DatasetError
from registry.verify.builders import target
from registry.verify.datasets import UnreadableError, find
from registry.verify.datasets.clips import chosen, read_clips
from registry.verify.target import ClipSampling, Preprocessing
from registry.verify.torchvision_ops import import_torchvision
from tests.unit.verify.tasks import drawn

CLASSES = ("abseiling", "air drumming", "zumba")
MEAN, STD = (0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989)


class Moving(nn.Module):
    """Scores a clip by its colour and by how much of it moves."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.layer = nn.Linear(6, 3)

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        assert clips.shape[1:] == (3, 8, 56, 56)
        return self.layer(torch.cat([clips.mean((2, 3, 4)), 9 * clips.diff(dim=2).abs().mean((2, 3, 4))], 1))


def oracle(folder: Path, model: nn.Module, *, rate: float, frames: int, clips: int) -> tuple[float, int]:
    """Video-level accuracy as `evaluate` of torchvision's reference takes it, and how many clips it saw."""
    from torchvision.datasets.video_utils import VideoClips
    from torchvision.transforms._presets import VideoClassification

    transform = VideoClassification(crop_size=(56, 56), resize_size=(64, 80), mean=MEAN, std=STD)
    right = count = 0
    files = sorted((folder / "val").rglob("*.mp4"))
    for file in files:
        with av.open(str(file)) as video:
            own = float(video.streams.video[0].average_rate)
            pixels = torch.stack(
                [torch.from_numpy(frame.to_ndarray(format="rgb24")) for frame in video.decode(video=0)]
            )
        windows, indices = VideoClips.compute_clips_for_video(torch.arange(len(pixels)), frames, 1, own, rate)
        starts = torch.linspace(0, len(windows) - 1, steps=clips).floor().to(torch.int64)
        total = torch.zeros(3)
        for start in starts.tolist():
            if isinstance(indices[start], slice):
                clip = pixels[windows[start]]
            else:
                clip = pixels[indices[start]]
            with torch.inference_mode():
                total += model(transform(clip.permute(0, 3, 1, 2))[None]).softmax(1)[0]
            count += 1
        right += int(total.argmax()) == CLASSES.index(file.parent.name)
    return right / len(files), count


@pytest.mark.parametrize("workers", [0, 2])
def test_accuracy_is_the_reference_s(
    tmp_path: Path, offered: Callable[..., None], measured: Callable[..., Any], workers: int
) -> None:
    folder = drawn.kinetics(tmp_path / "kinetics", CLASSES)
    preprocessing = Preprocessing(resize=(64, 80), crop=56, mean=MEAN, std=STD, antialias=False)
    offered(Moving, categories=CLASSES, preprocessing=preprocessing)
    torch.save(Moving().state_dict(), tmp_path / "weights.pth")
    expected, count = oracle(folder, Moving(), rate=15, frames=8, clips=3)
    assert count == 18
    outcome = measured(
        "Action Recognition",
        "Kinetics-400",
        {"Top 1 Accuracy": f"{expected:.2%}"},
        {"kinetics-400": folder},
        metadata=["Frame Rate: 15", "Frames: 8", "Clips: 3"],
        workers=workers,
    )["Top 1 Accuracy"]
    assert outcome.measurement.value == pytest.approx(expected)
    assert outcome.measurement.details["task"] == "video-classification"
    assert outcome.measurement.details["preprocessing"]["rate"] == 15


@pytest.mark.parametrize("own", [10.0, 15.0, 25.0, 29.97, 30.0])
@pytest.mark.parametrize(("rate", "frames", "clips"), [(15, 16, 5), (7.5, 16, 5), (15, 32, 12), (15, 128, 1)])
def test_clips_are_torchvision_s(own: float, rate: float, frames: int, clips: int) -> None:
    from torchvision.datasets.video_utils import VideoClips

    count = 300
    windows, indices = VideoClips.compute_clips_for_video(torch.arange(count), frames, 1, own, rate)
    if not len(windows):
        with pytest.raises(UnreadableError, match="too few"):
            chosen(count, own, frames=frames, rate=rate, clips=clips)
        return
    starts = torch.linspace(0, len(windows) - 1, steps=clips).floor().to(torch.int64)
    candidates = windows if isinstance(indices, list) else indices
    assert chosen(count, own, frames=frames, rate=rate, clips=clips).tolist() == candidates[starts].tolist()


def test_frames_of_the_weights_are_read_from_what_torchvision_says() -> None:
    assert target("torchvision:r3d_18").clips == ClipSampling(rate=15, frames=16, clips=5)
    assert target("torchvision:mvit_v2_s").clips == ClipSampling(rate=7.5, frames=16, clips=5)
    network = target("torchvision:s3d")
    assert (network.clips, network.preprocessing.antialias) == (ClipSampling(rate=15, frames=128, clips=1), False)
    models = import_torchvision().models
    for name in models.list_models(module=models.video):
        assert target(f"torchvision:{name}").clips is not None


def test_damaged_and_short_videos_are_said(tmp_path: Path) -> None:
    folder = drawn.kinetics(tmp_path / "kinetics", CLASSES)
    dataset = find("Kinetics-400", {"kinetics-400": folder}, answers="labelled clips")
    assert dataset.classes == CLASSES
    path = dataset.sample(0)
    assert read_clips(path, frames=4, rate=25, clips=2).shape == (2, 4, 144, 176, 3)
    with pytest.raises(UnreadableError, match="too few"):
        read_clips(path, frames=400, rate=25, clips=2)
    path.write_bytes(b"no video")
    with pytest.raises(UnreadableError):
        read_clips(path, frames=4, rate=25, clips=2)
    with pytest.raises(DatasetError, match="in class folders"):
        find("Kinetics-400", {"kinetics-400": folder / "val" / "zumba"}, answers="labelled clips")
