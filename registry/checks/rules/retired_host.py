"""A link to a site that is gone.

What:
    A link to a host that no longer serves what cards link to it for.

Why:
    Readers land elsewhere, or nowhere.

Bad:
    Models:
    - Name: ResNet-50
      Paper: https://paperswithcode.com/paper/deep-residual-learning-for-image-recognition

Good:
    Models:
    - Name: ResNet-50
      Paper: https://arxiv.org/abs/1512.03385
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.document_texts import Document
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.vocabulary.hub_identifiers import retired_hosts


@rule("MIR410", "retired-host", "info", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    retired = retired_hosts()
    for leaf, url in document.urls:
        instead = retired.get(url.host)
        if instead:
            yield Problem(f"{short(leaf.value)} leads to a site that is gone", leaf.location, hint=instead)
