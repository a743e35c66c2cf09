"""A link to a line of a file that changes.

What:
    A link to a line (`#L53`) of a file on a branch such as `master`, and not of a commit or tag.

Why:
    The next change above that line makes it point elsewhere, and nobody notices.

Bad:
    Models:
    - Name: AlexNet
      Code: https://github.com/pytorch/vision/blob/main/torchvision/models/alexnet.py#L53

Good:
    Models:
    - Name: AlexNet
      Code: https://github.com/pytorch/vision/blob/v0.20.0/torchvision/models/alexnet.py#L17
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.document_texts import Document
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex

_ON_BRANCH = lazy_regex(r"/(?:blob|src)/(?P<branch>master|main|develop|dev|trunk|HEAD)/")


@rule("MIR409", "moving-line", "info", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf, url in document.urls:
        if url.fragment.startswith("L") and url.fragment[1:2].isdigit():
            match = _ON_BRANCH.search(url.path)
            if match is not None:
                message = f"{short(leaf.value)} points at a line of the branch '{match['branch']}', which moves"
                yield Problem(message, leaf.location, hint="Link to a commit or a tag.")
