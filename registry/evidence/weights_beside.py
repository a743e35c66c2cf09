"""Weights that lie beside a card, and whether they are what the card says. Needs no torch and no network."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from registry.cache_file import cache_folder
from registry.evidence.digest_cache import Remembered
from registry.evidence.shard_digests import digest_of, is_index
from registry.types import Claim, Evidence, Model

_LARGEST = 16 << 30
"""Bytes of weights beside a card that are read for their digest."""


class WeightsBeside:
    """Looks at weights that lie beside their card, and reads each file once however many claims rest on it."""

    def __init__(self, remembered: Remembered | None = None) -> None:
        self._remembered = remembered or Remembered(cache_folder() / "digests.sqlite")
        self._found: dict[tuple[str, str], str | None] = {}

    def digest(self, model: Model) -> str | None:
        """Digest of the file as `sha256:<hex>`; `None` where none lies beside the card, or it cannot be read."""
        path = path_beside(model)
        if path is None:
            return None
        key = model.base, str(path)
        if key not in self._found:
            try:
                self._found[key] = digest_of(path, self._remembered.digest)
            except (OSError, ValueError):
                self._found[key] = None
        return self._found[key]

    def wrong(self, model: Model) -> str:
        """Why the file is not what the card says it is, as one sentence; empty where it is, or nobody can say."""
        said = model.weights[0].sha256 if model.weights else ""
        if not re.fullmatch(r"[0-9a-f]{8,64}", said) or is_index(model.weights[0].url):
            return ""
        found = self.digest(model)
        if found is None or found.removeprefix("sha256:").startswith(said):
            return ""
        name = model.weights[0].url
        return (
            f"the weights {name} beside the card have SHA-256 {found.removeprefix('sha256:')}, and the card says {said}"
        )

    def changed(self, model: Model, evidence: Evidence) -> str:
        """Why the file is not the one that evidence was measured with; empty where it is, or nobody can say."""
        known = evidence.digests.get("weights")
        if known is None:
            return ""
        found = self.digest(model)
        if found is None or found == known:
            return ""
        name = model.weights[0].url
        return (
            f"the weights {name} beside the card are not those of the record: {_short(known)} then, {_short(found)} now"
        )


def rests_on_weights(claim: Claim, evidence: Evidence | None = None) -> bool:
    """Whether a claim is about a model's weights, and not about its structure alone."""
    measured = evidence is not None and "weights" in evidence.digests
    return measured or claim.dataset is not None or claim.subject == "file-size"


def path_beside(model: Model) -> Path | None:
    """The weights' file, where it lies in the card's folder; a card may not point out of it."""
    named = model.weights[0].url if model.weights else ""
    if not named or "\0" in named or len(named) > 1000:
        return None
    if named.lower().startswith("file:"):
        named = unquote(urlsplit(named).path)
    elif "://" in named:
        return None
    try:
        base = Path(model.base).resolve()
        path = (base / named).resolve()
        there = path.is_relative_to(base) and path.is_file() and path.stat().st_size <= _LARGEST
    except (OSError, ValueError):  # a name that no file can have
        return None
    return path if there else None


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
