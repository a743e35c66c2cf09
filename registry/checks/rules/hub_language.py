"""A language that the Hub does not take.

What:
    In a card of the Hugging Face Hub `language` is no code of ISO 639 in lower case, and neither `code` nor
    `multilingual`: a word (`English`), a country (`jp`), a BCP 47 tag (`zh-CN`), several in one text (`en, fr`), or
    nothing at all.

Why:
    The Hub refuses every commit to such a card. Tags such as `zh-CN` have a key of their own, `language_bcp47`.

Bad:
    # file: README.md
    ---
    license: mit
    language: English
    ---

Good:
    # file: README.md
    ---
    license: mit
    language: en
    ---
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.document_texts import Leaf
from registry.checks.fixes import replace_value, replacement
from registry.checks.hub_documents import values_of
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.types import Edit, Fix, MapNode
from registry.vocabulary.hub_identifiers import SPECIAL_LANGUAGES, is_language, language_meant, withdrawn_language

_TAG = lazy_regex(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})+")
_BCP_47 = lazy_regex(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|\d{3}))?")
"""A language with a script or a country; other tags are rarely meant as one, such as `en_unnorm`."""

_SEVERAL = lazy_regex(r"(?:(?<!\s)\s+)?[,;/|]\s*|(?<!\s)\s+(?:and|&)\s+")


@rule("MIR704", "hub-language", "error", "hub-card", fixable=True)
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    for leaf in values_of(root, "language"):
        if leaf.value is None:
            yield Problem(f"{leaf.path} says nothing, and the Hub refuses that", leaf.location, hint="Leave it out.")
        elif isinstance(leaf.value, str) and not is_language(leaf.value):
            yield _problem(root, leaf, leaf.value)


def _problem(root: MapNode, leaf: Leaf, text: str) -> Problem:
    today = withdrawn_language(text)
    if today is not None:
        notice = f"ISO 639 has withdrawn the language {text}; it is {today} today"
        return Problem(notice, leaf.location, severity="info")
    message = f"the Hub takes no language {short(text)}"
    parts = _SEVERAL.split(text.strip())
    if len(parts) > 1:
        codes = [language_meant(part) for part in parts]
        languages = [code for code in codes if code is not None]
        fix = None
        if len(languages) == len(codes) and leaf.node is root:
            fix = _raw(leaf, f"[{', '.join(dict.fromkeys(languages))}]")
        return Problem(message, leaf.location, hint="Several languages are a list.", fix=fix)
    code = language_meant(text)
    if code is None:
        hint = "Languages are codes of ISO 639 such as en or yue, or code or multilingual; leave out what is none."
        return Problem(message, leaf.location, hint=hint)
    tag = text.strip().replace("_", "-")
    if "-" in tag and _BCP_47.fullmatch(tag):
        hint, fix = f"Write {code}, and {tag} below language_bcp47.", _with_tag(root, leaf, code, tag)
        return Problem(message, leaf.location, hint=hint, fix=fix)
    if ("-" in tag and _TAG.fullmatch(tag)) or (code in SPECIAL_LANGUAGES and text.strip().casefold() != code):
        return Problem(message, leaf.location, hint=f"Is {code} meant?")
    return Problem(f"{message}; it is '{code}'", leaf.location, fix=replace_value(leaf, code))


def _raw(leaf: Leaf, text: str) -> Fix | None:
    if leaf.text.strip("'\"") != leaf.value:
        return None
    return replacement(leaf.node.source, leaf.span, text, f"Write {text}")


def _with_tag(root: MapNode, leaf: Leaf, code: str, tag: str) -> Fix | None:
    """The code in the tag's place, and the tag under its own key; only where there is one tag and no such key."""
    several = leaf.node is not root and sum(isinstance(item, str) and "-" in item for item in leaf.node) > 1
    shared = leaf.node is not root and code in leaf.node
    if several or shared or "language_bcp47" in root:
        return None
    replaced = replace_value(leaf, code)
    text = root.source.text
    key = root.marks["language"].key
    line = text.rfind("\n", 0, key) + 1
    if replaced is None or text[line:key].strip():
        return None
    added = Edit(file=root.source.file, start=line, end=line, text=f"language_bcp47:\n- {tag}\n")
    return Fix(description=f"Write '{code}', and {tag} as language_bcp47", edits=(*replaced.edits, added))
