"""Where the cards of a repository are."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from registry.confinement import in_repository
from registry.files import relative
from registry.loader.left_out import LeftOut
from registry.loader.load import load
from registry.loader.places import INDEX_NAMES
from registry.numbers import counted
from registry.read import ids

_FOREIGN = frozenset(
    {
        "build",
        "dist",
        "env",
        "fixtures",
        "site",
        "site-packages",
        "test",
        "testdata",
        "tests",
        "third_party",
        "vendor",
        "venv",
    }
)
"""Folders whose cards belong to somebody else, were made from others, or are wrong on purpose."""


_MANY = 3
"""Cards at the root that are named one by one in a configuration."""

_FOLDERS = 5
"""Folders at the root that are: of a repository with more, each of which is a model's, the next is to be read too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cards:
    """The cards of a repository.

    Attributes:
        files: Their files from the repository's root, with forward slashes.
        paths: The fewest folders and files at its top that hold them all.
        models: How many models they describe.
        dialects: Number of cards of each dialect.
        foreign: Folders at any depth whose cards are not counted: tests, builds, other people's code, repositories
            within this one.
        hub: Whether it is the repository of one model of the Hugging Face Hub.
        broken: How many of the files cannot be read as the cards that they are meant to be.
        ignored: Cards that .gitignore hides, where it hides all that there are.
    """

    files: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    models: int = 0
    dialects: tuple[tuple[str, int], ...] = ()
    foreign: tuple[str, ...] = ()
    hub: bool = False
    broken: int = 0
    ignored: tuple[str, ...] = ()

    def describe(self) -> str:
        """Such as `36 cards with 120 models in configs (35 metafile, 1 model-index)`."""
        kinds = ", ".join(f"{count} {name}" for name, count in self.dialects)
        cards, models = counted(len(self.files), "card"), counted(self.models, "model")
        where = "this folder" if self.paths == (".",) else ", ".join(self.paths)
        broken = f"{self.broken} that cannot be read" if self.broken else ""
        return f"{cards} with {models} in {where} ({', '.join(filter(None, (kinds, broken)))})"


def find_cards(folder: Path) -> Cards:
    """The cards below a folder that are its own."""
    if not folder.is_dir():
        return Cards()
    cards = _found(folder, LeftOut())
    if not cards.files and not cards.foreign and (hidden := _found(folder, LeftOut(gitignore=False)).files):
        return replace(cards, ignored=hidden)
    return cards


def _found(folder: Path, left_out: LeftOut) -> Cards:
    index = load([folder], root=folder, left_out=left_out)
    root = os.path.realpath(folder)
    cards = {_from(root, card.file): card for card in index.cards}
    broken = [_from(root, finding.location.file) for finding in index.findings if finding.rule in ids.UNPARSED]
    files = dict.fromkeys((*cards, *broken))
    foreign = {path: _foreign(path) or _submodule(path, root) for path in files}
    own = [path for path in files if not foreign[path]]
    read = {path: cards[path] for path in own if path in cards}
    return Cards(
        files=tuple(map(str, own)),
        paths=_tops(own),
        models=sum(len(card.models) for card in read.values()),
        dialects=tuple(Counter(card.dialect for card in read.values()).most_common()),
        foreign=tuple(dict.fromkeys(name for name in foreign.values() if name)),
        hub=not any(len(path.parts) > 1 and path.parts[0] != ".eval_results" for path in own)
        and any(path.name == "README.md" and card.dialect == "huggingface" for path, card in read.items()),
        broken=len(own) - len(read),
    )


def _from(root: str, file: str) -> PurePosixPath:
    return PurePosixPath(Path(relative(os.path.realpath(file), root)).as_posix())


def _foreign(path: PurePosixPath) -> str:
    """The outermost folder of a file whose cards are not the repository's own; empty where there is none."""
    at = next((number for number, part in enumerate(path.parts[:-1]) if part.lower() in _FOREIGN), None)
    return "" if at is None else "/".join(path.parts[: at + 1])


def _submodule(path: PurePosixPath, root: str) -> str:
    """The outermost repository within the repository `root` that a file belongs to; empty where there is none."""
    if not in_repository(root):
        return ""
    folders = [str(folder) for folder in reversed(path.parents) if folder.name]
    return next((folder for folder in folders if _is_repository(os.path.join(root, folder))), "")


@cache
def _is_repository(folder: str) -> bool:
    return os.path.lexists(os.path.join(folder, ".git"))


def _tops(files: Collection[PurePosixPath]) -> tuple[str, ...]:
    """The entries of the root that hold the files, indexes first; the root itself where many lie there."""
    tops = dict.fromkeys(path.parts[0] for path in files)
    loose = sum(len(path.parts) == 1 and path.name not in INDEX_NAMES for path in files)
    if loose > _MANY or len(tops) - loose > _FOLDERS:
        return (".",)
    return tuple(sorted(tops, key=lambda name: (name not in INDEX_NAMES, name)))
