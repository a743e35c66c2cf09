"""Folders of videos with one folder for each class, as Kinetics is laid out."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from registry.types import DatasetError
from registry.verify.datasets.class_folders import ImageFolder, holds_class_folders
from registry.verify.datasets.class_folders import load as load_folder
from registry.verify.datasets.class_order import class_order
from registry.verify.datasets.dataset import UnreadableError
from registry.vocabulary.dataset_sizes import split_name

_LARGEST = 64 << 20


def listed_clips(path: Path, suffixes: Collection[str], split: str) -> tuple[Path, dict[str, str]] | None:
    """The folder of the videos, and the class of each that is there, by its path from it.

    Args:
        path: The folder that was named.
        suffixes: How videos' files end.
        split: The split that is meant.

    Returns:
        `None` where no list names a video that is there.
    """
    usual = split_name(split) or split
    videos = {file.stem: file for file in sorted(path.rglob("*")) if file.suffix.lower() in suffixes}
    for file in _lists(path, usual):
        if file.stat().st_size > _LARGEST:
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        labels = {videos[stem]: label for stem, label in _rows(text, usual) if stem in videos}
        if labels:
            return path, {video.relative_to(path).as_posix(): labels[video] for video in sorted(labels)}
    return None


def _lists(path: Path, split: str) -> list[Path]:
    """Lists in the folder, in `annotations` and beside it, those first that are called after the split."""
    folders = (path, path / "annotations", path.parent, path.parent / "annotations")
    files = [file for folder in folders for file in sorted(folder.glob("*.csv"))]
    return sorted(files, key=lambda file: split not in file.stem)


def _rows(text: str, split: str) -> Iterator[tuple[str, str]]:
    for row in csv.DictReader(io.StringIO(text)):
        label, video = row.get("label"), row.get("youtube_id")
        if not label or not video or not _is_of(row, split):
            continue
        yield video, label
        start, end = row.get("time_start") or "", row.get("time_end") or ""
        if start.isdigit() and end.isdigit():
            yield f"{video}_{int(start):06d}_{int(end):06d}", label


def _is_of(row: Mapping[str, str | None], split: str) -> bool:
    part = row.get("split") or split
    return (split_name(part) or part) == split


SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"})


class VideoFolder(ImageFolder):
    """See `Labelled`. A sample is the video's path: which frames are read is the model's."""

    def sample(self, index: int) -> Path:  # type: ignore[override]
        return self.folder / self.files[index]


def load(path: Path, name: str, categories: Sequence[str] | None, split: str = "val") -> VideoFolder:
    """List the videos: those of class folders, else those of a list that names each one's class.

    Raises:
        DatasetError: There are none, the order of the classes cannot be told, or PyAV is not installed.
    """
    try:
        import av  # noqa: F401
    except ModuleNotFoundError:
        raise DatasetError("videos are decoded by PyAV: pip install 'model-index-registry[video]'") from None
    if not holds_class_folders(path, SUFFIXES) and (listing := listed_clips(path, SUFFIXES, split)):
        root, labels = listing
        classes, how = class_order(sorted(set(labels.values())), categories, name, root, path)
        number = {label: index for index, label in enumerate(classes)}
        return VideoFolder(
            name=name,
            folder=root,
            classes=classes,
            files=tuple(labels),
            labels=np.array([number[label] for label in labels.values()], dtype=np.int64),
            class_order=how,
        )
    return VideoFolder(**vars(load_folder(path, name, categories, split, suffixes=SUFFIXES)))


def read_clips(path: Path, *, frames: int, rate: float, clips: int) -> npt.NDArray[np.uint8]:
    """Clips of a video, evenly spread over it, as torchvision's `VideoClips` and `UniformClipSampler` choose them.

    Args:
        path: The video.
        frames: Frames of a clip.
        rate: Frames a second that a clip has; the nearest earlier frames of the video are taken.
        clips: How many clips; a video that has fewer gives some of them more than once.

    Returns:
        Bytes of shape (clips, frames, height, width, 3).

    Raises:
        UnreadableError: It cannot be decoded, or is too short for one clip.
    """
    import av

    try:
        with av.open(str(path)) as file:
            if not file.streams.video:
                raise UnreadableError("it has sound and no pictures" if file.streams.audio else "it has no pictures")
            stream = file.streams.video[0]
            stream.thread_type = "AUTO"
            own = float(stream.average_rate or 0)
            count = sum(1 for _ in file.decode(video=0))
            numbers = chosen(count, own or rate, frames=frames, rate=rate, clips=clips)
            file.seek(0)
            selection = set(numbers.reshape(-1).tolist())
            pixels = {
                number: frame.to_ndarray(format="rgb24")
                for number, frame in enumerate(file.decode(video=0))
                if number in selection
            }
    except (OSError, ValueError, IndexError) as error:
        raise UnreadableError(str(error).partition("\n")[0] or type(error).__name__) from error
    if len(pixels) < len(selection):
        raise UnreadableError("the file is truncated")
    return np.stack([np.stack([pixels[number] for number in clip]) for clip in numbers.tolist()])


def chosen(count: int, own: float, *, frames: int, rate: float, clips: int) -> npt.NDArray[np.int64]:
    """Which frames of a video its clips are, shape (clips, frames).

    Args:
        count: Frames of the video.
        own: Frames a second that it has.
        frames: See `read_clips`.
        rate: See `read_clips`.
        clips: See `read_clips`.

    Raises:
        UnreadableError: It is too short for one clip.
    """
    step = own / rate
    if step.is_integer():
        numbers = np.arange(0, count, int(step))
    else:
        numbers = np.floor(np.arange(int(count * rate / own), dtype=np.float32) * np.float32(step)).astype(np.int64)
    length = len(numbers) - frames + 1
    if length < 1:
        raise UnreadableError(f"its {count} frames are too few for {frames} at {rate:g} a second")
    starts = np.floor(np.linspace(0, length - 1, clips, dtype=np.float32)).astype(np.int64)
    indices: npt.NDArray[np.int64] = numbers[starts[:, None] + np.arange(frames)]
    return indices
