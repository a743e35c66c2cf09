"""A link that carries its own permission.

What:
    A URL signed for a limited time, with `X-Amz-Signature`, `X-Goog-Signature`, an Azure `sig=` or the like.

Why:
    It stops working when its time is over, and until then anybody who reads the card has the permission.

Bad:
    Models:
    - Name: BEiT
      Weights: https://example.blob.core.windows.net/beit/beit_base-4df8aa71.pth?sv=2021-10-04&sig=8r8CkrgbVtQ

Good:
    Models:
    - Name: BEiT
      Weights: https://example.blob.core.windows.net/beit/beit_base-4df8aa71.pth
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.checks.document_texts import Document
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex

_SIGNED = lazy_regex(
    r"(?:^|&)(?:X-Amz-Signature|X-Goog-Signature|AWSAccessKeyId|sig|Signature|Key-Pair-Id)=", re.IGNORECASE
)


@rule("MIR603", "signed-url", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf, url in document.urls:
        if url.query and _SIGNED.search(url.query):
            yield Problem(
                f"{short(leaf.value.partition('?')[0])} is followed by a signature that expires", leaf.location
            )
