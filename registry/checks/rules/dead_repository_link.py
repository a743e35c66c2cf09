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

from registry.checks.context import Context
from registry.checks.document_texts import Document
from registry.checks.file_tree import FileTree, closest, suggestion
from registry.checks.leaves import Leaf
from registry.checks.message_text import short, times
from registry.checks.rule import Problem, rule
from registry.files import relative
from registry.lazy_regex import lazy_regex

_LINK = lazy_regex(r"(?P<repository>[^/]+/[^/]+?)(?:\.git)?/(?:blob|tree|raw)/(?:main|master|HEAD)/(?P<path>.+)")


@rule("MIR412", "dead-repository-link", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    links: dict[str, list[Leaf]] = defaultdict(list)
    for leaf, url in document.urls:
        if url.host in ("github.com", "www.github.com"):
            match = _LINK.fullmatch(url.path.lstrip("/"))
            if match is not None and match["repository"].casefold() in context.own_repositories:
                links[urllib.parse.unquote(match["path"]).rstrip("/")].append(leaf)
    for path, places in links.items():
        target = os.path.normpath(f"{context.files.root}/{path}")
        if not _is_judged(path, context.files) or context.files.is_absent(target) or context.files.has(target):
            continue
        close = closest(target, context.files)
        meant = relative(close, context.files.root).replace(os.sep, "/") if close else ""
        yield Problem(
            f"{short(places[0].value)} leads to {short(path)}, which is not in this repository{times(len(places))}",
            places[0].location,
            hint=suggestion(path, meant),
            related=tuple(leaf.location for leaf in places[1:]),
        )


def _is_judged(path: str, files: FileTree) -> bool:
    """Whether the folders above the file's own are here: a part of a repository says nothing of what is in the rest."""
    if "/" not in path or "\0" in path or ".." in path:
        return False
    folder = path.rpartition("/")[0]
    return bool(files.names(f"{files.root}/{folder.rpartition('/')[0] or folder}"))
