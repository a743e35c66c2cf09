"""A text that looks like a secret.

What:
    An access token of a well-known service, a private key, or a password in a URL, anywhere in a card's file. The
    message shows only its beginning.

Why:
    Cards are published. Whoever reads it can act in its owner's name until it is revoked, which is what to do now.

Bad:
    Models:
    - Name: AlexNet
      Weights: https://alice:correct-horse-battery@models.example.org/alexnet-4df8aa71.pth

Good:
    Models:
    - Name: AlexNet
      Weights: https://models.example.org/alexnet-4df8aa71.pth
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.rule import Problem, rule

_KINDS: tuple[tuple[str, str, str], ...] = (
    ("hf_", "a Hugging Face token", r"hf_[A-Za-z]{30,}\b"),
    ("ghp_", "a GitHub token", r"ghp_[A-Za-z0-9]{36,}\b"),
    ("gho_", "a GitHub token", r"gho_[A-Za-z0-9]{36,}\b"),
    ("ghs_", "a GitHub token", r"ghs_[A-Za-z0-9]{36,}\b"),
    ("github_pat_", "a GitHub token", r"github_pat_[A-Za-z0-9_]{50,}\b"),
    ("glpat-", "a GitLab token", r"glpat-[A-Za-z0-9_\-]{20,}"),
    ("AKIA", "an AWS access key", r"AKIA[0-9A-Z]{16}\b"),
    ("AIza", "a Google API key", r"AIza[0-9A-Za-z_\-]{35}"),
    ("xox", "a Slack token", r"xox[abprs]-[0-9A-Za-z\-]{10,}"),
    ("sk-", "an API key", r"sk-(?:proj-|ant-)?[A-Za-z0-9_\-]{32,}"),
    ("-----BEGIN ", "a private key", r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"),
)
"""What they begin with, what they are, and their form, which is compiled only where a text has the beginning."""

_DIFFERENT = 8
"""Characters that a secret has at least, of different kinds: `ghp_xxxxxxxx` in an example is none."""


_IN_URL = r"://[^\s:/@'\"<>]{1,64}:[^\s:/@'\"<>$]{3,128}@"


@rule("MIR602", "secret", "error", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    for source in context.index.sources.values():
        for start, end, kind in _secrets(source.text):
            text = source.text[start:end]
            shown = text if kind == "a private key" else f"{text[:6]}..."
            hint = "Revoke it: it stays in the history even when it is removed here."
            yield Problem(f"'{shown}' looks like {kind}", source.location(start, end), hint)


def _secrets(text: str) -> Iterator[tuple[int, int, str]]:
    for marker, kind, pattern in _KINDS:
        if marker not in text:
            continue
        for match in re.finditer(pattern, text):
            inside_word = match.start() > 0 and text[match.start() - 1].isalnum()
            if kind == "a private key" or (not inside_word and len(set(match[0][len(marker) :])) >= _DIFFERENT):
                yield match.start(), match.end(), kind
    for match in re.finditer(_IN_URL, text):
        yield match.start() + len("://"), match.end() - 1, "a user's password in a URL"
