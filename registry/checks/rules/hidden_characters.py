"""Characters that nobody sees.

What:
    A zero-width or direction-changing character in the metadata.

Why:
    The text is not what it looks like: a name with a zero-width space equals no other name, and direction marks can
    make a link read as another.

Bad:
    Models:
    - Name: "Alex\u200bNet"

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from registry.checks.document_texts import Document
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex

_HIDDEN = lazy_regex("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@rule("MIR605", "hidden-characters", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    source = document.raw.source
    if source.text.isascii():
        return
    for match in _HIDDEN.finditer(source.text, document.raw.start, document.raw.end):
        if match.start() == 0:
            continue  # a byte order mark is the reader's to report
        name = unicodedata.name(match[0], f"U+{ord(match[0]):04X}").lower()
        yield Problem(f"there is a hidden character here, {name}", source.location(match.start(), match.end()))
