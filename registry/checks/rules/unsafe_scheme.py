"""A link that runs a program or reads a local file.

What:
    An address that begins with `javascript:`, `vbscript:`, `data:` or `file:`, in any case and even when broken up by
    spaces.

Why:
    A page made from the card would run it in the browser of whoever clicks, or try to open a file of their machine.

Bad:
    Models:
    - Name: AlexNet
      Weights: javascript:alert(1)

Good:
    Models:
    - Name: AlexNet
      Weights: https://download.pytorch.org/models/alexnet-owt-4df8aa71.pth
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.checks.addresses import KEYS
from registry.checks.document_texts import Document
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex

_IGNORED_BY_BROWSERS = lazy_regex(r"[\x00-\x20]+")
_UNSAFE = lazy_regex(r"(?:javascript|vbscript|livescript|data|file):", re.IGNORECASE)
_CERTAIN = lazy_regex(r"(?:javascript|vbscript|livescript):\S|data:[a-z]+/[a-z]|file:/", re.IGNORECASE)


@rule("MIR601", "unsafe-scheme", "error", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf in document.addresses:
        if ":" not in leaf.value:
            continue
        value = _IGNORED_BY_BROWSERS.sub("", leaf.value[:256])
        match = _UNSAFE.match(value)
        # In prose, `JavaScript: The Good Parts` is a title; where an address belongs it is none.
        if match is not None and (leaf.under in KEYS or _CERTAIN.match(leaf.value.strip())):
            yield Problem(f"{short(leaf.value)} is a '{match[0].lower()}' address, which is not safe", leaf.location)
