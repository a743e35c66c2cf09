"""Which file of weights the claims of a model are about, by its digest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from registry.types import Evidence, Model

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
    said: dict[str, set[str]] = {}
    for model in models:
        match = _DIGEST.fullmatch(str(model.get("SHA256")).strip())
        if match is not None:
            said.setdefault(model.name, set()).add(f"sha256:{match['digest'].lower()}")
    return {model: next(iter(digests)) for model, digests in (said | run).items() if len(digests) == 1}
