"""Weights that nothing pins.

What:
    The weights are a URL without a digest in the file's name, and the card gives no `SHA256` either. A link to one
    revision of a Hugging Face repository is pinned, one to `main` is not.

Why:
    Whoever can write to the server can put another file there, and nobody notices: neither users nor the evidence.

Bad:
    Models:
    - Name: BiT-M
      Weights: https://storage.googleapis.com/bit_models/BiT-M-R50x1-ILSVRC2012.npz

Good:
    Models:
    - Name: BiT-M
      Weights: https://storage.googleapis.com/bit_models/BiT-M-R50x1-ILSVRC2012.npz
      Metadata:
        SHA256: 9e2e8e5f1b0d5a3c4e7f6a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.card_view import Entry
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.vocabulary import fold

_WORD = lazy_regex(r"[0-9A-Za-z]{7,128}")
_HEX = frozenset("0123456789abcdef")
_DIGITS = lazy_regex(r"-(?!(?:19|20)\d\d(?:0[1-9]|1[0-2]))\d{8,64}\.[^/?#]{1,40}$")
"""A digest without a letter, at the end of a file's name, where a date or a number of steps is none."""

_GIVEN = frozenset(
    ("sha256", "sha 256", "sha512", "sha384", "sha1", "md5", "checksum", "digest", "hash", "weights sha256")
)


@rule("MIR406", "weights-without-digest", "info", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    field = entry.owner.fields.get("Weights")
    if field is None or field.inherited or not entry.weights:
        return
    weights = entry.weights[0]
    if not weights.url.startswith(("http://", "https://")) or weights.url.endswith("/"):
        return
    if not (weights.sha256 or _has_digest(weights.url) or _is_given(entry)):
        message = f"{short(weights.url)} has no digest in its name, and the card gives none"
        yield Problem(message, field.location, hint="Add SHA256 to Metadata.")


def _is_given(entry: Entry) -> bool:
    """Whether a key of the model is a digest's."""
    return any(fold(name) in _GIVEN for name in (*entry.owner.fields, *entry.owner.metadata))


def _has_digest(url: str) -> bool:
    words = (word for word in reversed(_WORD.findall(url)) if not word.isalpha() and not word.isdigit())
    return any(map(_HEX.issuperset, words)) or _DIGITS.search(url) is not None
