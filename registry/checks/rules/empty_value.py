"""A key with nothing after it.

What:
    A value is an empty text, list or mapping, or there is nothing after the key. Where the card says `null` or `[]` in
    so many words, somebody meant that there is nothing to say: that is a remark, once for each key of a file.

Why:
    Nobody can tell a number that was forgotten from one that does not exist. A key that says nothing is better left
    out.

Bad:
    Models:
    - Name: AlexNet
      Weights:

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.document_texts import Document, Leaf
from registry.checks.rule import Context, Problem, rule
from registry.checks.schema_check import refused_paths

_SAID = ("null", "Null", "NULL", "~", "[]", "{}")
_IDLE = ("thumbnail", "inference", "widget")
"""Keys of the Hub's templates that are left as they came, and that it passes over where they are empty."""

_REQUIRED = ("results", "metrics")


@rule("MIR104", "empty-value", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    if document.dialect == "cards-json":
        return  # whose nulls are how `mir` itself says that a card says nothing
    nulls: dict[str | int, list[Leaf]] = defaultdict(list)
    refused = refused_paths(document.raw.root, document.dialect, exact=document.exact) if document.empty else ()
    hub = document.dialect == "huggingface"
    for leaf in document.empty:
        if hub and leaf.path == "language":
            continue  # which the Hub refuses, and MIR704 says so
        if leaf.path in refused:
            continue  # where something must stand, and MIR101 says so
        if leaf.text in _SAID or (hub and leaf.path in _IDLE):
            nulls[leaf.key].append(leaf)
        else:
            yield Problem(f"{leaf.path} is empty", leaf.location, hint="Give it a value, or leave the key out.")
    for key, places in nulls.items():
        message, hint = f"{places[0].path} is {places[0].text or 'empty'}", "Leave the key out."
        where = (leaf.location for leaf in places)
        yield Problem.once(message, where, "" if key in _REQUIRED else hint, severity="info")
