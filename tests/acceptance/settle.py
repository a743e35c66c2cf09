"""`mir verify` with a measurer that needs no torch, so that a test can start and kill many.

Run as `python settle.py CARDS EVIDENCE`: says what it measures, and what is settled or reused, each as it happens.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from registry.claims import ModelClaims, read_claims
from registry.evidence import Store
from registry.loader import load
from registry.storage import place
from registry.types import Claim, Evidence, Measurement, MirError, Model
from registry.verify.outcome import Outcome
from registry.verify.run import verify


class Agreeing:
    """Measures what the card says."""

    kind = "count"

    def takes(self, claim: Claim) -> bool:
        return True

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:
        return {}

    def final(self, evidence: Evidence) -> bool:
        return False

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        for claim in (claim for model in work for claim in model.claims):
            print("measured", claim.model, flush=True)
            measurement = Measurement(value=int(claim.reported.value), method="count", details={"much": "x" * 20_000})
            yield Outcome(claim=claim, verdict="reproduced", reason="Exactly.", measurement=measurement)


def main(cards: Path, evidence: str) -> None:
    for outcome in verify(read_claims(load([cards])), [Agreeing()], Store(place(evidence))):
        print("reused" if outcome.reused else "settled", outcome.evidence.claim.model, flush=True)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2])
    except MirError as error:
        sys.exit(f"mir: error: {error}")
