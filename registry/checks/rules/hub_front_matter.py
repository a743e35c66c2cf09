"""Front matter that readers do not find.

What:
    In a card of the Hugging Face Hub something stands before the front matter (a comment, a title, a byte order mark),
    its first line is more than `---`, or it ends with `...`.

Why:
    The Hub and huggingface_hub look for `---` on the first line and for the next line that is `---`. Where they do not
    find those, the card has no metadata: no licence, no task, no results, and nobody says so.

Bad:
    # file: README.md
    # My model

    ---
    license: mit
    library_name: timm
    ---

Good:
    # file: README.md
    ---
    license: mit
    library_name: timm
    ---

    # My model
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.document_texts import Document
from registry.checks.fixes import replacement
from registry.checks.hub_documents import card_of
from registry.checks.rule import Context, Problem, rule

_CLIENT = "huggingface_hub reads no metadata"


@rule("MIR701", "hub-front-matter", "error", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    raw = document.raw
    if card_of(document) is None or raw.kind != "front-matter":
        return
    source, text = raw.source, raw.source.text
    opening = text.rfind("---", 0, raw.start)
    before = text[:opening]
    if before.strip("\ufeff \t\r\n"):
        yield Problem(
            "the front matter does not begin on the first line, so that the Hub reads no metadata",
            source.location(opening, opening + 3),
            hint="Move it to the head of the file.",
        )
    elif before.startswith("\ufeff"):
        yield Problem(
            f"a byte order mark stands before the front matter: {_CLIENT}",
            source.location(0, opening + 3),
            hint="Save the file as UTF-8 without it.",
            fix=replacement(source, (0, 1), "", "Remove the byte order mark"),
            severity="warning",
        )
    line_end = text.find("\n", opening)
    rest = text[opening + 3 : line_end].rstrip("\r")
    if rest:
        yield Problem(
            f"spaces follow the '---' that opens the front matter: {_CLIENT}",
            source.location(opening, opening + 3 + len(rest)),
            fix=replacement(source, (opening + 3, opening + 3 + len(rest)), "", "Remove the blanks"),
            severity="warning",
        )
    closing = text.find("---", raw.end)
    end = text.find("\n", closing)
    after = text[closing + 3 : len(text) if end < 0 else end].rstrip("\r")
    if closing >= 0 and after and not after.strip():
        yield Problem(
            f"spaces follow the '---' that closes the front matter: {_CLIENT}",
            source.location(closing, closing + 3 + len(after)),
            fix=replacement(source, (closing + 3, closing + 3 + len(after)), "", "Remove the blanks"),
            severity="warning",
        )
    if text.startswith("...", raw.end):
        yield Problem(
            f"the front matter ends with '...', and not with '---': {_CLIENT}",
            source.location(raw.end, raw.end + 3),
            fix=replacement(source, (raw.end, raw.end + 3), "---", "Write '---'"),
            severity="warning",
        )
