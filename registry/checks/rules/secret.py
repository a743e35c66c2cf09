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
    ("@", "a password in a URL", re.compile(r"\bhttps?://[^\s:/@'\"<>]{1,64}:[^\s:/@'\"<>$]{3,128}@[\w.\-]+")),
)
_DIFFERENT = 8
"""Characters that a secret has at least, of different kinds: `ghp_xxxxxxxx` in an example is none."""


@rule("MIR602", "secret", "error", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    for source in context.index.sources.values():
        for marker, kind, pattern in _KINDS:
            if marker not in source.text:
                continue
            for match in pattern.finditer(source.text):
                text = match[0]
                if len(set(text[len(marker) :])) >= _DIFFERENT or kind == "a private key":
                    location = source.location(match.start(), match.end())
                    shown = text if kind == "a private key" else f"{text[:6]}..."
                    hint = "Revoke it: it stays in the history even when it is removed here."
                    yield Problem(f"'{shown}' looks like {kind}", location, hint)
