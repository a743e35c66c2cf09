"""What makes a claim the same claim, and where its evidence stands.

A card's names are hostile input: `../../etc`, markup, ten thousand letters, two names that differ only in case. A
file's name is therefore a readable part, cut down to lower-case ASCII, and eight digits of a hash that tells names
apart.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from registry.config import Config
from registry.files import relative
from registry.lazy_regex import lazy_regex
from registry.loader.places import find_root
from registry.storage import Place, place
from registry.types import Claim, Evidence, UsageError
from registry.vocabulary.metrics import slug

IMPORTED = "import"
"""The method of a measurement of somebody else's, whose log was imported."""

_BY = "-by-"
_LONGEST = 48
"""Letters of a readable part; four of them and the hashes stay under every file system's 255."""


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)


def identity(claim: Claim) -> str:
    """SHA-256, in hexadecimal, of which claim this is: everything but the value it reports and where it stands.

    A card that changes the value makes a different claim (`Claim.digest`) of the same identity, so that new evidence
    replaces the old and old evidence is recognised as old. Two cards that make the same claim of the same model share
    its evidence.
    """
    dataset = claim.dataset
    parts = [
        claim.model,
        claim.subject,
        claim.label,
        claim.task,
        None if dataset is None else dataset.identity,
    ]
    return _hash(_ENCODER.encode(parts))


def file_of(claim: Claim) -> PurePosixPath:
    """Where the evidence of a claim's model stands in a store, such as `alexnet-93ba7032.json`."""
    return PurePosixPath(file_name(claim.model))


def file_name(model: str) -> str:
    """The name of the file of a model's evidence."""
    return f"{folder_of(model)}.json"


def name_of(claim: Claim) -> str:
    """The name of a claim's record in its model's file, such as `top-1-accuracy-imagenet-f50bb5fe`."""
    return f"{readable_name(claim)}-{identity(claim)[:8]}"


def readable_name(claim: Claim) -> str:
    """The part of that name that people read, which several claims may share: `top-1-accuracy-imagenet`."""
    subject = _readable(claim.subject) or "claim"
    dataset = "" if claim.dataset is None else _readable(claim.dataset.name)
    return f"{subject}-{dataset}" if dataset else subject


def record_of(evidence: Evidence) -> str:
    """The name of evidence's record in its model's file: what somebody else measured stands beside what mir did.

    An imported one is called as its claim and its harness, such as `wer-librispeech-f50bb5fe-by-lm-eval`.
    """
    measured, name = evidence.measurement, name_of(evidence.claim)
    if measured is None or measured.method != IMPORTED:
        return name
    return f"{name}{_BY}{_readable(str(measured.details.get('harness') or '')) or 'another'}"


def claims_of(record: str) -> Iterator[str]:
    """The names of claims' records that a record, by its own name, may be an imported one of.

    >>> list(claims_of("wer-by-word-f50bb5fe-by-lm-eval"))
    ['wer', 'wer-by-word-f50bb5fe']
    """
    at = record.find(_BY)
    while at >= 0:
        yield record[:at]
        at = record.find(_BY, at + 1)


def record_stem_of(evidence: Evidence) -> PurePosixPath:
    """The name of evidence's record in a store, such as `alexnet-93ba7032/top-1-accuracy-imagenet-f50bb5fe`."""
    return PurePosixPath(folder_of(evidence.claim.model), record_of(evidence))


def stem_of(claim: Claim) -> PurePosixPath:
    """The name of what mir itself keeps of a claim: of its record in a store, and of its predictions beside it."""
    return PurePosixPath(folder_of(claim.model), name_of(claim))


def record_file_of(claim: Claim) -> PurePosixPath:
    """The file of a record that stands alone: on the site, and in a store that mir 0.1 wrote."""
    return PurePosixPath(f"{stem_of(claim)}.json")


@lru_cache(1 << 12)
def folder_of(model: str) -> str:
    """What a model is called in a store: the stem of its file and the folder of its predictions."""
    return f"{_readable(model) or 'model'}-{_hash(json.dumps(model))[:8]}"


@lru_cache(1 << 12)
def _readable(name: str) -> str:
    return slug(name)[:_LONGEST].strip("-")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_HOLDS_RECORDS = lazy_regex(r"-[0-9a-f]{8}(\.json)?$")
"""The file of a model, or as mir 0.1 kept them its folder."""


def evidence_folder(cards: Path, config: Config, root: Path | None = None) -> Place:
    """The folder that the configuration names, or the nearest `evidence` at or above the cards, as git finds its own.

    Where there is none in the cards' project, it is to be made beside them.

    Args:
        cards: A folder of cards, or one card.
        config: The project's settings.
        root: The project's folder; the repository of the cards where it is `None`, see `find_root`.

    Raises:
        UsageError: It is a link that leads out of the cards' project, and nobody but that project says so.
    """
    if config.evidence is not None:
        folder_named = place(config.evidence)
        return config.folder / folder_named if isinstance(folder_named, Path) else folder_named
    beside = cards if cards.is_dir() else cards.parent
    real = beside.resolve()
    root = find_root(real) if root is None else root.resolve()
    folder = beside / "evidence"
    if not os.path.lexists(folder):
        inside = (parent / "evidence" for parent in real.parents if parent.is_relative_to(root))
        above = next(filter(_holds_records, inside), None)
        if above is not None:
            folder = above if cards.is_absolute() else Path(relative(above))
    if folder.is_symlink() and not folder.resolve().is_relative_to(root):
        raise UsageError(f"{folder} is a link out of its project; name the folder with --evidence if that is meant")
    return folder


def _holds_records(folder: Path) -> bool:
    """Whether a folder is a store, and not something else of this name."""
    try:
        with os.scandir(folder) as entries:
            return any(_HOLDS_RECORDS.search(entry.name) for entry in entries)
    except OSError:
        return False
