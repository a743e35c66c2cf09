"""A link into the own repository that leads nowhere.

What:
    A link to a file or folder of the branch `main` or `master` of the repository that the cards are in, and there is no
    such file here. Which repository that is says the `Library`, or else two of three links to code.
    What lies in a top folder that is not here is not judged.

Why:
    The file was moved or renamed, and readers get an error.

Bad:
    # file: model-index.yml
    Library: {Name: zoo, Repository: https://github.com/org/zoo}
    Models:
    - Name: resnet
      Code: https://github.com/org/zoo/blob/main/models/resnets.md
    # file: models/resnet.md
    ResNet.

Good:
    # file: model-index.yml
    Library: {Name: zoo, Repository: https://github.com/org/zoo}
    Models:
    - Name: resnet
      Code: https://github.com/org/zoo/blob/main/models/resnet.md
    # file: models/resnet.md
    ResNet.
"""

from __future__ import annotations

import os
import urllib.parse
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from registry.checks.card_view import CardView
from registry.checks.document_texts import Leaf
from registry.checks.file_tree import FileTree, closest, suggestion
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.files import relative
from registry.lazy_regex import lazy_regex
from registry.types import Location

_LINK = lazy_regex(r"(?P<repository>[^/]+/[^/]+?)(?:\.git)?/(?:blob|tree|raw)/(?:main|master|HEAD)/(?P<path>.+)")


class _Link(NamedTuple):
    """A link to a branch of a repository on GitHub: which, to which path, as printed, and where in one block."""

    repository: str
    path: str
    value: str
    places: tuple[Location, ...]


def links_of(view: CardView) -> list[_Link]:
    """The links of a card into repositories, those to the same path in one block together."""
    groups = []
    for document in view.documents:
        links: dict[tuple[str, str], list[Leaf]] = defaultdict(list)
        for leaf, url in document.urls:
            if url.host in ("github.com", "www.github.com"):
                match = _LINK.fullmatch(url.path.lstrip("/"))
                if match is not None:
                    path = urllib.parse.unquote(match["path"]).rstrip("/")
                    links[match["repository"].casefold(), path].append(leaf)
        for (repository, path), leaves in links.items():
            places = tuple(leaf.location for leaf in leaves)
            groups.append(_Link(repository, path, leaves[0].value, places))
    return groups


@rule("MIR412", "dead-repository-link", "warning", "index", facts=(links_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    files = whole.files
    for _, links in whole.facts(links_of):
        for repository, path, value, places in links:
            if repository not in whole.own_repositories:
                continue
            target = os.path.normpath(f"{files.root}/{path}")
            if not _is_judged(path, files) or files.is_absent(target) or files.has(target):
                continue
            close = closest(target, files)
            meant = relative(close, files.root).replace(os.sep, "/") if close else ""
            message = f"{short(value)} leads to {short(path)}, which is not in this repository"
            yield Problem.once(message, places, suggestion(path, meant))


def _is_judged(path: str, files: FileTree) -> bool:
    """Whether the folders above the file's own are here: a part of a repository says nothing of what is in the rest."""
    if "/" not in path or "\0" in path or ".." in path:
        return False
    folder = path.rpartition("/")[0]
    return bool(files.names(f"{files.root}/{folder.rpartition('/')[0] or folder}"))
