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

_KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("hf_", "a Hugging Face token", re.compile(r"\bhf_[A-Za-z]{30,}\b")),
    ("gh", "a GitHub token", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b")),
    ("github_pat_", "a GitHub token", re.compile(r"\bgithub_pat_[A-Za-z0-9_]{50,}\b")),
    ("glpat-", "a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_\-]{20,}\b")),
    ("AKIA", "an AWS access key", re.compile(r"\bAKIA[0-9A-Z]{16}\b")),
    ("AIza", "a Google API key", re.compile(r"\bAIza[0-9A-Za-z_\-]{35}\b")),
    ("xox", "a Slack token", re.compile(r"\bxox[abprs]-[0-9A-Za-z\-]{10,}\b")),
    ("sk-", "an API key", re.compile(r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_\-]{32,}\b")),
    ("PRIVATE KEY-----", "a private key", re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----")),
)
_DIFFERENT = 8
"""Characters that a secret has at least, of different kinds: `ghp_xxxxxxxx` in an example is none."""


_PASSWORD = re.compile(r"https?://[^\s:/@'\"<>]{1,64}:[^\s:/@'\"<>$]{3,128}$")


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
        for match in pattern.finditer(text):
            if kind == "a private key" or len(set(match[0][len(marker) :])) >= _DIFFERENT:
                yield match.start(), match.end(), kind
    at = text.find("@")
    while at >= 0:
        password = _PASSWORD.search(text[max(0, at - 210) : at])
        if password is not None:
            start = max(0, at - 210) + password.start()
            yield text.index("://", start) + 3, at, "a user's password in a URL"
        at = text.find("@", at + 1)
