"""A repository of the Hub that is none.

What:
    In a card of the Hugging Face Hub `base_model`, `new_version` or `datasets` is no identifier such as `gpt2` or
    `google/flan-t5-base`, but a path of the machine that trained the model, an address, or a description in words.

Why:
    The Hub refuses the commit; one that is formed as a name and is a file's (`train.json`) or nobody's (`None`) leads
    nowhere, and a data set's name with brackets in it, which the Hub takes, links to nothing. Trainers write
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

from registry.checks.fixes import replace_value
from registry.checks.hub_documents import page_of, values_of
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.types import MapNode

_ID = lazy_regex(r"(?:\w(?:[\w.-]*\w)?/)?\w(?:[\w.-]{0,94}\w)?", re.ASCII)
"""As huggingface_hub checks it."""

_NAME = lazy_regex(r"(?!\.)(?:[\w.-]+/)?(?=[^a-zA-Z]*[a-zA-Z])[\w.()+&'-]+(?<!\.git)", re.ASCII)
"""A data set's name without spaces that the Hub takes, though it can have no data set of that name, such as
`VoxPopuli-(EN)`."""

_CHECKPOINT = lazy_regex(r"(?:^|/)checkpoint[-_]\d+$")
_FILE = lazy_regex(
    r".*\.(?:json|jsonl|csv|tsv|txt|parquet|arrow|zip|gguf|safetensors|bin|pt|pth|ckpt|onnx|h5|py|ipynb)", re.IGNORECASE
)
_NOTHING = lazy_regex(r"none|null|nil|unknown|undefined|tbd|todo|na", re.IGNORECASE)
"""What programs and people write where they have no name; each could be one."""

_NOUNS = {"base_model": "model", "new_version": "model", "datasets": "data set"}


@rule("MIR705", "hub-repository", "error", "hub-model", fixable=True)
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    for key, noun in _NOUNS.items():
        for leaf in values_of(root, key):
            text = leaf.value
            if not isinstance(text, str) or not text.strip():
                continue
            if is_repository(text):
                doubt = _doubt(text, key)
                if doubt:
                    message = f"{leaf.path} {short(text)} {doubt}"
                    yield Problem(message, leaf.location, hint=_hint("./", noun), severity="warning")
                continue
            message = f"{leaf.path} {short(text)} is no {noun} of the Hub"
            if noun == "data set" and _NAME.fullmatch(text):
                # The Hub has taken these since 2021, and they lead nowhere.
                yield Problem(message, leaf.location, hint=_hint(text, noun), severity="warning")
                continue
            name = page_of(text, datasets=noun == "data set")
            if name is not None and is_repository(name):
                fix = replace_value(leaf, name)
                yield Problem(f"{message}, but its address", leaf.location, hint=f"Write {name}.", fix=fix)
            else:
                yield Problem(message, leaf.location, hint=_hint(text, noun))


def _doubt(text: str, key: str) -> str:
    """Why a text is hardly a repository, though it is formed as one; empty where it may well be."""
    if _CHECKPOINT.search(text):
        return "reads like a folder of a training run"
    if "/" not in text and _FILE.fullmatch(text):
        return "reads like a file"
    if _NOTHING.fullmatch(text):
        return "names nothing"
    return "has no owner" if key == "new_version" and "/" not in text else ""


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
