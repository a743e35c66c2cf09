"""A text that waits to be filled in.

What:
    A value such as `TODO`, `xxx`, `<>`, `(your weights URL)` or `[More Information Needed]`; an address with
    `YOUR_USERNAME` in it; or a `-`, `N/A` or `None` where an address or a path belongs.

Why:
    It was never meant to be published, and it is printed and searched as if it were an answer.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Training Resources: TODO

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Training Resources: 8x NVIDIA V100 GPUs
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.checks.addresses import KEYS, NOWHERE
from registry.checks.document_texts import Document, Leaf
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex

_PLACEHOLDER = lazy_regex(
    r"\s*(?:to-?do\b.*|tbd|tba|fixme\b.*|x{3,}|\?{2,}|\.{3}|<[^<>]{0,60}>|\{\{.{1,60}\}\}|"
    r"\[?more information needed\]?|(?:path|link|url)[ _/]to[ _/].*|"
    r"your[-_ /](?:model|name|repo|dataset|username|org|text)\b.*|changeme|lorem ipsum.*|"
    r"[(\[{<]+\s*(?:your|insert|fill in|replace|add)\b[^()\[\]{}<>]*[)\]}>]+)\s*",
    re.IGNORECASE,
)
_CAPITALS = lazy_regex(r"(?:[A-Z]+_)*(?:REPO|MODEL|DATASET|USER|ORG)_(?:NAME|ID|HERE)(?:_HERE)?")
"""A variable of a template that nobody put a value in, such as `ORIGINAL_REPO_NAME`."""

_OWNER = lazy_regex(
    r"https?://\S*?/(?:<[^<>/]+>|your[-_]?(?:user|name|org|repo|account|project|model|github|hf)[\w-]*|user_?name)(?:/|\Z)",
    re.IGNORECASE,
)
"""An address whose owner or name nobody has put in yet."""

_SHORT = 8
_FIRST = frozenset("tTfFxX?.<{[(mMpPlLuUyYcC ")
"""What a placeholder begins with, so that most texts need no second look."""


_TOKEN = lazy_regex(r"</?(?:s|pad|unk|mask|cls|sep|bos|eos)>|</\w+>|<\|[^<>]*\|>")


@rule("MIR105", "placeholder", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf in document.texts:
        if (
            (
                leaf.value[:1] in _FIRST
                and len(leaf.value) < 200
                and _PLACEHOLDER.fullmatch(leaf.value)
                and not _is_input(leaf)
            )
            or (leaf.value[:1].isupper() and len(leaf.value) < 40 and _CAPITALS.fullmatch(leaf.value))
            or (leaf.value.startswith("http") and _OWNER.match(leaf.value))
        ):
            # A metric that is no number is another rule's to say.
            if context.vocabulary.metric(str(leaf.key)) is None:
                yield Problem(f"{leaf.path} still says {short(leaf.value)}", leaf.location)
        elif len(leaf.value) < _SHORT and leaf.value.strip().casefold() in NOWHERE and leaf.under in KEYS:
            message = f"{leaf.path} is {short(leaf.value)}, a placeholder"
            yield Problem(message, leaf.location, "Leave the key out.")


def _is_input(leaf: Leaf) -> bool:
    """Whether a text is what a model reads: a token such as `</s>`, or an example of the Hub's widget."""
    return "token" in str(leaf.key) or _TOKEN.fullmatch(leaf.value) is not None or leaf.base.startswith("widget")
