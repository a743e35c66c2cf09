"""Kinetics' own lists, `label,youtube_id,time_start,time_end,split`, where the videos do not lie in class folders."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

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
        found = {videos[stem]: label for stem, label in _rows(text, usual) if stem in videos}
        if found:
            return path, {each.relative_to(path).as_posix(): found[each] for each in sorted(found)}
    return None


def _lists(path: Path, split: str) -> list[Path]:
    """Lists in the folder, in `annotations` and beside it, those first that are called after the split."""
    folders = (path, path / "annotations", path.parent, path.parent / "annotations")
    found = [file for folder in folders for file in sorted(folder.glob("*.csv"))]
    return sorted(found, key=lambda file: split not in file.stem)


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
    named = row.get("split") or split
    return (split_name(named) or named) == split
