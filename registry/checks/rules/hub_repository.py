"""A repository of the Hub that is none.

What:
    In a card of the Hugging Face Hub `base_model`, `new_version` or `datasets` is no identifier such as `gpt2` or
    `google/flan-t5-base`, but a path of the machine that trained the model, an address, or a description in words.

Why:
    The Hub refuses the commit; a data set's name with brackets in it, which it takes, links to nothing. Trainers write
    what they were given, and that is often a folder.

Bad:
    # file: README.md
    ---
    library_name: transformers
    base_model: /home/user/Meta-Llama-3.1-8B
    ---

Good:
    # file: README.md
    ---
    library_name: transformers
    base_model: meta-llama/Llama-3.1-8B
    ---
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.document_texts import Document
from registry.checks.edits import replace_value
from registry.checks.hub_documents import card_of, values_of
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule
from registry.lazy_regex import lazy_regex

_ID = lazy_regex(r"(?:\w(?:[\w.-]*\w)?/)?\w(?:[\w.-]{0,94}\w)?", re.ASCII)
"""As huggingface_hub checks it."""

_ADDRESS = lazy_regex(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(?P<data>datasets/)?(?P<id>[^/?#]+(?:/[^/?#]+)?)"
    r"(?:/(?:tree|blob)/[^?#]*)?/?"
)
_NAME = lazy_regex(r"(?!\.)(?:[\w.-]+/)?[\w.()+&'-]*[a-zA-Z][\w.()+&'-]*(?<!\.git)", re.ASCII)
"""A data set's name without spaces that the Hub takes, though it can have no data set of that name, such as
`VoxPopuli-(EN)`."""

_CHECKPOINT = lazy_regex(r"(?:^|/)checkpoint[-_]\d+$")
_NOUNS = {"base_model": "model", "new_version": "model", "datasets": "data set"}


@rule("MIR705", "hub-repository", "error", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    root = card_of(document, "model")
    if root is None:
        return
    for key, noun in _NOUNS.items():
        for leaf in values_of(root, key):
            text = leaf.value
            if not isinstance(text, str) or not text.strip():
                continue
            if is_repository(text):
                if _CHECKPOINT.search(text):
                    message = f"{leaf.path} {short(text)} reads like a folder of a training run"
                    yield Problem(message, leaf.location, hint=_hint("./", noun), severity="warning")
                continue
            message = f"{leaf.path} {short(text)} is no {noun} of the Hub"
            if noun == "data set" and _NAME.fullmatch(text):
                # The Hub has taken these since 2021, and they lead nowhere.
                yield Problem(message, leaf.location, hint=_hint(text, noun), severity="warning")
                continue
            address = _ADDRESS.fullmatch(text.strip())
            if address and is_repository(address["id"]) and bool(address["data"]) == (noun == "data set"):
                fix = replace_value(leaf, address["id"], f"Write '{address['id']}'")
                yield Problem(f"{message}, but its address", leaf.location, hint=f"Write {address['id']}.", fix=fix)
            else:
                yield Problem(message, leaf.location, hint=_hint(text, noun))


def is_repository(text: str) -> bool:
    """Whether a text is formed as the Hub's identifiers are.

    >>> is_repository("gpt2"), is_repository("google/flan-t5-base"), is_repository("./out"), is_repository("a/b/c")
    (True, True, False, False)
    """
    return _ID.fullmatch(text) is not None and "--" not in text and ".." not in text and not text.endswith(".git")


def _hint(text: str, noun: str) -> str:
    if re.match(r"[./~\\]|[A-Za-z]:\\|\w+(?:/[\w.-]+){2,}", text):
        return f"It is a path of a machine; write owner/name as the {noun} is called on the Hub, or leave it out."
    if re.search(r"[,;]", text):
        return "Several are a list."
    return f"Write owner/name as the {noun} is called on the Hub, or leave it out."
