"""Texts that look like a secret, of well-known forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

SECRET_RULE: Final = "MIR602"  # noqa: S105 - the rule that finds them; it stops the building of sites

_HEADER = r"(?i:uthorization)[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?i:basic|bearer|token)\s{1,3}[A-Za-z0-9+/=._~-]{16,}"

_KINDS: tuple[tuple[str, str, str], ...] = (
    ("hf_", "a Hugging Face token", r"hf_(?:[A-Za-z]{30,}|(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{34})\b"),
    *((f"gh{kind}_", "a GitHub token", rf"gh{kind}_[A-Za-z0-9]{{36,}}\b") for kind in "pousr"),
    ("github_pat_", "a GitHub token", r"github_pat_[A-Za-z0-9_]{50,}\b"),
    ("glpat-", "a GitLab token", r"glpat-[A-Za-z0-9_\-]{20,}"),
    ("AKIA", "an AWS access key", r"AKIA[0-9A-Z]{16}\b"),
    ("ASIA", "an AWS access key", r"ASIA[0-9A-Z]{16}\b"),
    ("AccountKey=", "an Azure account key", r"AccountKey=[A-Za-z0-9+/]{80,100}={0,2}"),
    ("AIza", "a Google API key", r"AIza[0-9A-Za-z_\-]{35}"),
    ("GOCSPX-", "a Google client's secret", r"GOCSPX-[A-Za-z0-9_\-]{20,}"),
    ("ya29.", "a Google access token", r"ya29\.[A-Za-z0-9_\-]{30,}"),
    ("WANDB_API_KEY", "a key of Weights & Biases", r"WANDB_API_KEY[\"']?\s{0,3}[:=]\s{0,3}[\"']?[0-9a-f]{40}\b"),
    ("npm_", "an npm token", r"npm_[A-Za-z0-9]{36}\b"),
    ("pypi-AgE", "a PyPI token", r"pypi-AgE[A-Za-z0-9_\-]{50,}"),
    ("sk_live_", "a Stripe key", r"sk_live_[A-Za-z0-9]{20,}"),
    ("SG.", "a SendGrid key", r"SG\.[A-Za-z0-9_\-]{20,24}\.[A-Za-z0-9_\-]{39,50}"),
    ("dop_v1_", "a DigitalOcean token", r"dop_v1_[a-f0-9]{64}\b"),
    ("nvapi-", "an NVIDIA API key", r"nvapi-[A-Za-z0-9_\-]{60,}"),
    ("r8_", "a Replicate token", r"r8_[A-Za-z0-9]{37,}\b"),
    ("xox", "a Slack token", r"xox[abprs]-[0-9A-Za-z\-]{10,}"),
    ("sk-", "an API key", r"sk-(?:proj-|ant-)?[A-Za-z0-9_\-]{32,}"),
    ("uthorization", "an authorization header", _HEADER),
    ("UTHORIZATION", "an authorization header", _HEADER),
    ("-----BEGIN ", "a private key", r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"),
)
"""What they begin with, what they are, and their form, which is compiled only where a text has the beginning."""

_DIFFERENT = 8
"""Characters that a secret has at least, of different kinds: `ghp_xxxxxxxx` in an example is none."""


_IN_URL = r"://[^\s:/@'\"<>]{1,64}:[^\s:/@'\"<>$]{3,128}@"

_CERTAIN = frozenset({"a private key", "an authorization header"})


def secrets(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a text holds what looks like a secret: first character, past the last one, and what it is."""
    for marker, kind, pattern in _KINDS:
        if marker not in text:
            continue
        for match in re.finditer(pattern, text):
            inside_word = match.start() > 0 and text[match.start() - 1].isalnum()
            if kind in _CERTAIN or (not inside_word and len(set(match[0][len(marker) :])) >= _DIFFERENT):
                yield match.start(), match.end(), kind
    if "@" not in text:
        return
    for match in re.finditer(_IN_URL, text):
        yield match.start() + len("://"), match.end() - 1, "a user's password in a URL"
