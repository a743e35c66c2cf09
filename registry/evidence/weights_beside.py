"""Weights that lie beside a card, and whether they are what the card says. Needs no torch and no network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from registry.evidence.digest_cache import Remembered
from registry.evidence.digests import shortened
from registry.evidence.shard_digests import digest_of, is_index
from registry.types import Claim, Evidence, Model

BESIDE = "the file beside the card"
"""How a file's size was read, where it lay beside its card."""

_LARGEST = 16 << 30
"""Bytes of weights beside a card that are read for their digest."""


class WeightsBeside:
    """Looks at weights that lie beside their card, and reads each file once however many claims rest on it."""

    def __init__(self) -> None:
        self._remembered = Remembered()
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

    def wrong(self, model: Model, evidence: Evidence | None = None) -> str:
        """Why the file is not what the card says it is, as one sentence; empty where it is, or nobody can say.

        Args:
            model: The card.
            evidence: What was measured with it: a link out of the card's folder must lead to the same file still.
        """
        name = model.weights[0].url if model.weights else ""
        path = path_beside(model) or linked_file(model)
        if path is None or is_index(name):
            return ""
        stated = model.weights[0].sha256
        if stated and not re.fullmatch(r"[0-9a-f]{8,64}", stated):
            return f"the card's SHA256 {stated[:80]!a} is no SHA-256, so that nothing says what {name} must be"
        if path_beside(model) is None:
            return self._other_link(name, path, stated, evidence)
        digest = self.digest(model)
        if not stated or digest is None or digest.removeprefix("sha256:").startswith(stated):
            return ""
        return (
            f"the weights {name} beside the card have SHA-256 {digest.removeprefix('sha256:')}, and the card says "
            f"{stated}"
        )

    def resized(self, model: Model, evidence: Evidence) -> str:
        """Why a size that was read from the file is not its own any more; empty where it is, or nobody can say."""
        measured, path = evidence.measurement, path_beside(model)
        if measured is None or measured.convention != BESIDE or path is None or is_index(str(path)):
            return ""
        size = path.stat().st_size
        sentence = f"the weights {model.weights[0].url} beside the card have {size} bytes, and the record says "
        return "" if size == measured.value else f"{sentence}{measured.value:.0f}"

    def _other_link(self, name: str, path: Path, stated: str, evidence: Evidence | None) -> str:
        """Why a link leads to other weights. What lies out of the folder is nobody's business: no digest is told."""
        expected = stated or (evidence.digests.get("weights", "") if evidence is not None else "").removeprefix(
            "sha256:"
        )
        try:
            digest = self._remembered.digest(path).removeprefix("sha256:")
        except OSError:
            return ""
        if not expected or digest.startswith(expected):
            return ""
        whose = "the card" if stated else "the record"
        return f"the weights {name} beside the card are a link to another file than {whose} says"

    def changed(self, model: Model, evidence: Evidence) -> str:
        """Why the file is not the one that evidence was measured with; empty where it is, or nobody can say."""
        recorded, digest = evidence.digests.get("weights"), self.digest(model)
        if recorded is None:
            ran = evidence.measurement is not None and evidence.measurement.method == "evaluate"
            return "the record does not say which weights it was measured with" if ran and digest is not None else ""
        if digest is None or digest == recorded:
            return ""
        name = model.weights[0].url
        digests = f"{shortened(recorded)} then, {shortened(digest)} now"
        return f"the weights {name} beside the card are not those of the record: {digests}"


def rests_on_weights(claim: Claim, evidence: Evidence | None = None) -> bool:
    """Whether a claim is about a model's weights, and not about its structure alone."""
    measured = evidence is not None and "weights" in evidence.digests
    return measured or claim.dataset is not None or claim.subject == "file-size"


def path_beside(model: Model) -> Path | None:
    """The weights' file, where it lies in the card's folder; a card may not point out of it."""
    return _beside(model, model.weights[0].url if model.weights else "")


def linked_file(model: Model) -> Path | None:
    """Where a link beside the card leads to, where that is out of its folder: it is read for its digest alone."""
    return _beside(model, model.weights[0].url if model.weights else "", links=True)


def _beside(model: Model, name: str, *, links: bool = False) -> Path | None:
    """A file in the card's folder, or with `links` what a link in it leads to out of the folder."""
    if not name or "\0" in name or len(name) > 1000:
        return None
    if name.lower().startswith("file:"):
        name = unquote(urlsplit(name).path)
    elif "://" in name:
        return None
    try:
        base = Path(model.base).resolve()
        path = (base / name).resolve()
        inside = path.is_relative_to(base)
        named_inside = Path(os.path.normpath(base / name)).is_relative_to(base)
        is_readable = path.is_file() and path.stat().st_size <= _LARGEST
    except (OSError, ValueError):  # a name that no file can have
        return None
    return path if is_readable and (not inside and named_inside if links else inside) else None


_DIGEST = re.compile(r"(?:sha256:)?(?P<digest>[0-9a-fA-F]{64})")


def weights_digests(records: Iterable[Evidence], models: Iterable[Model] = ()) -> Mapping[str, str]:
    """The digest of each model's weights, by the model's name, where there is one and no more.

    Args:
        records: Evidence, which says which weights were run.
        models: Cards, whose `SHA256` says what the file must be; only a whole digest counts, as files' names carry
            beginnings. Evidence goes before them: those weights were seen.
    """
    run: dict[str, set[str]] = {}
    for evidence in records:
        if "weights" in evidence.digests:
            run.setdefault(evidence.claim.model, set()).add(evidence.digests["weights"])
    stated: dict[str, set[str]] = {}
    for model in models:
        match = _DIGEST.fullmatch(str(model.get("SHA256")).strip())
        if match is not None:
            stated.setdefault(model.name, set()).add(f"sha256:{match['digest'].lower()}")
    return {model: next(iter(digests)) for model, digests in (stated | run).items() if len(digests) == 1}
