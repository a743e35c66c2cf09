"""A licence that the Hub does not take.

What:
    In a card of the Hugging Face Hub `license` is none of the Hub's identifiers: a name in words
    (`Apache License 2.0`), SPDX's spelling (`GPL-3.0-only`), or a licence that is not on the Hub's list, whose day
    `mir rules` names.

Why:
    The list is closed. The Hub refuses every commit to a card with another licence, also one that changes something
    else, and says no more than "Invalid metadata".

Bad:
    # file: README.md
    ---
    license: Apache License 2.0
    library_name: timm
    ---

Good:
    # file: README.md
    ---
    license: apache-2.0
    library_name: timm
    ---
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.document_texts import Leaf
from registry.checks.fixes import replace_value
from registry.checks.hub_documents import values_of
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.types import MapNode
from registry.vocabulary import fold
from registry.vocabulary.hub_identifiers import hub_identifiers, hub_ids, licence_meant, licences_of
from registry.vocabulary.slips import nearest

_OTHER = "Write other, with the licence's name in license_name and its text in license_link."


@rule("MIR702", "hub-licence", "error", "hub-card", fixable=True)
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    for leaf in values_of(root, "license"):
        # To the Hub, which reads YAML 1.2, `no` is a text.
        text = leaf.text if isinstance(leaf.value, bool) else leaf.value
        if not isinstance(text, str):
            continue
        if not text or text in hub_ids("licenses"):
            continue
        yield _problem(leaf, text)


def _problem(leaf: Leaf, text: str) -> Problem:
    message = f"the Hub takes no licence {short(text)}"
    name, exact = licence_meant(text)
    if name is not None and exact:
        fix = replace_value(leaf, name)
        return Problem(f"{message}; it knows it as '{name}'", leaf.location, fix=fix)
    if name is not None:
        hint = f"It has no 'or later': write {name}, or other with license_name: {text.strip().lower()}."
        return Problem(message, leaf.location, hint=hint)
    versions = licences_of(text)
    if versions:
        return Problem(message, leaf.location, hint=f"It has {', '.join(versions)}.")
    if any(mark in text for mark in ",;/|&") or any(word in text.lower().split() for word in ("and", "or")):
        return Problem(message, leaf.location, hint="Several licences are a list, each on the Hub's own.")
    slip = nearest(fold(text), hub_identifiers("licenses"))
    hint = f"Is '{hub_identifiers('licenses')[slip]}' meant? {_OTHER}" if slip else _OTHER
    return Problem(message, leaf.location, hint=hint)
