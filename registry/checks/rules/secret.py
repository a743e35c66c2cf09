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

from collections.abc import Iterator

from registry.checks.rule import Context, Problem, rule
from registry.checks.secrets import SECRET_RULE, secrets
from registry.types import Source


@rule(SECRET_RULE, "secret", "error", "source")
def check(source: Source, context: Context) -> Iterator[Problem]:
    for start, end, kind in secrets(source.text):
        text = source.text[start:end]
        excerpt = text if kind == "a private key" else f"{text[:6]}..."
        hint = "Revoke it: it stays in the history even when it is removed here."
        yield Problem(f"'{excerpt}' looks like {kind}", source.location(start, end), hint)
