"""Which files of a folder hold the rows of a split."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from registry.types import DatasetError
from registry.vocabulary.dataset_sizes import split_name

SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".arrow")
_ABOUT = {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "config.json"}
"""Files of a data set's folder that say something of it and hold no rows."""

_DEEPEST = 4
_USUAL = ("test", "val", "dev", "train")
"""The split that is taken where nobody names one, in this order: training data is tested on only where it is alone."""


def table_files(path: Path, *, config: str | None = None, split: str = "") -> tuple[list[Path], str]:
    """The files of a split in their order, and the split's name as the folder has it.

    Args:
        path: A file, or a folder as the Hub, `save_to_disk` or a person lays it out: `validation.csv`,
            `data/validation-00000-of-00001.parquet`, `sst2/validation/data-00000-of-00001.arrow`.
        config: The part of the data set that is meant, which may have a folder of its own.
        split: As a card says it, or the one that is usually tested on; empty where nobody knows.

    Raises:
        DatasetError: There is no such split.
    """
    if path.is_file():
        return [path], split
    folder = path
    if config and (path / config).is_dir() and Path(config).name == config:
        folder = path / config
    there = list(_files(folder, 0))
    if not there:
        raise DatasetError(f"{folder} holds no table: {', '.join(SUFFIXES)}")
    if config and folder == path:
        there = [each for each in there if config in each.relative_to(folder).parts] or there
    groups: dict[str, list[Path]] = {}
    for each in there:
        groups.setdefault(_split_of(each.relative_to(folder), split), []).append(each)
    wanted = _choose(groups, split)
    if wanted is None:
        has = ", ".join(sorted(filter(None, groups))) or "several files of no split's name"
        raise DatasetError(f"{folder} has {has} and not {split or 'test'}")
    files = groups[wanted]
    kinds = {each.suffix for each in files}
    if len(kinds) > 1:
        raise DatasetError(f"{folder} holds one split in several formats ({', '.join(sorted(kinds))}); leave one")
    return files, wanted


def _files(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error.strerror or error}") from error
    for each in entries:
        if each.name.startswith((".", "cache-", "indices-")):
            continue
        if each.is_dir() and depth < _DEEPEST:
            yield from _files(each, depth + 1)
        elif each.suffix in SUFFIXES and each.name not in _ABOUT:
            yield each


def _split_of(path: Path, wanted: str) -> str:
    """The split that a file's name or folder says: the one that is asked for, in so many words, else a usual one."""
    for part in (path.stem, *reversed(path.parts[:-1])):
        if wanted and re.fullmatch(rf"(?:.*[^a-z0-9])?{re.escape(wanted.casefold())}(?:[^a-z_].*)?", part.casefold()):
            return wanted
    for part in (path.stem, *reversed(path.parts[:-1])):
        words: list[str] = re.findall(r"[a-z0-9_]+", part.casefold())
        for word in words:
            if split_name(word) is not None:
                return word
            if split_name(word.partition("_")[0]) is not None:
                return word  # `validation_matched` is another one than `validation_mismatched`
            last = word.rpartition("_")[2]
            if split_name(last) is not None:
                return last
    return ""


def _choose(groups: dict[str, list[Path]], split: str) -> str | None:
    if split in groups:
        return split
    meant = split_name(split) if split else None
    if split and meant is not None:
        same = [each for each in groups if split_name(each) == meant]
        if len(same) == 1:
            return same[0]
    if len(groups) == 1 and ("" in groups and (len(groups[""]) == 1 or _sharded(groups[""]))):
        return ""
    if not split:
        for usual in _USUAL:
            same = [each for each in groups if split_name(each) == usual]
            if len(same) == 1:
                return same[0]
    return None


def _sharded(files: Sequence[Path]) -> bool:
    """Whether files are the pieces of one table, numbered as the library numbers them."""
    return len({re.sub(r"-\d{5}-of-\d{5}", "", str(each)) for each in files}) == 1
