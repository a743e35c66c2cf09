"""A licence of its own without its name or text.

What:
    In a card of the Hugging Face Hub `license: other` stands without `license_name` or `license_link`, the name is no
    identifier, or the link is neither an address nor a file.

Why:
    The Hub then shows "other" and links to nothing, so that nobody can tell what the model may be used for.

Bad:
    # file: README.md
    ---
    license: other
    library_name: timm
    ---

Good:
    # file: README.md
    ---
    license: other
    license_name: coqui-public-model-license
    license_link: https://coqui.ai/cpml
    library_name: timm
    ---
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.hub_documents import texts_of
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.types import MapNode

_NAME = lazy_regex(r"[A-Za-z0-9][\w.+-]*")
_LINK = lazy_regex(r"https?://\S+|[\w.@+-]+(?:/[\w.@+ -]+)*")


@rule("MIR703", "hub-licence-name", "warning", "hub-card")
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    for leaf in texts_of(root, "license"):
        missing = [key for key in ("license_name", "license_link") if not root.get(key)]
        if leaf.value == "other" and missing:
            yield Problem(
                f"license is other, and there is no {' and no '.join(missing)}",
                leaf.location,
                hint="Give the licence a name such as my-licence-1.0, and link its text: an address, or LICENSE.",
                severity=None if "license_name" in missing else "info",
            )
    for leaf in texts_of(root, "license_name"):
        if leaf.value.strip() and not _NAME.fullmatch(leaf.value):
            yield Problem(
                f"license_name {short(leaf.value)} is no identifier", leaf.location, hint="Write it as my-licence-1.0."
            )
    for leaf in texts_of(root, "license_link"):
        if leaf.value.strip() and not _LINK.fullmatch(leaf.value.strip()):
            yield Problem(f"license_link {short(leaf.value)} is neither an address nor a file", leaf.location)
