"""Set down anew what fresh evaluations are set up from: `python -m registry.verify.renew_basis models`.

A new version of a library, or another card beside the model's, may leave an evaluation fresh and change its basis.
`mir verify` then asks the libraries each time, which takes seconds; evidence that was taken again has a new basis.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from registry.types import Evidence
from registry.verify.basis import basis
from registry.verify.measurers import measurers
from registry.verify.triage import triage
from registry.verify.verification import prepare


def renew(paths: Sequence[Path]) -> Iterator[Evidence]:
    """Renew the basis of each evaluation that holds, and give those whose basis was another one or none.

    Raises:
        UsageError: A path does not exist.
        OutputError: Evidence cannot be written.
    """
    verification = prepare(paths)
    ways = measurers(verification.everything, verification.options, lambda *_: None)
    for state in list(triage(verification.models, ways, verification.store)):
        evidence = state.earlier.evidence
        measured = None if evidence is None else evidence.measurement
        if evidence is None or measured is None or not state.holds or measured.method != "evaluate":
            continue
        new = basis(state.model, {})
        if new is not None and measured.details.get("basis") != new:
            renewed = replace(evidence, measurement=replace(measured, details={**measured.details, "basis": new}))
            verification.store.write(renewed)
            yield renewed


if __name__ == "__main__":
    for evidence in renew([Path(path) for path in sys.argv[1:]]):
        sys.stdout.write(f"{evidence.claim}\n")
