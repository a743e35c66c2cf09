"""Evidence as an in-toto Statement, the form in which other tools store and check attestations.

The layout is in-toto's Attestation Framework, Statement v1: subjects with digests, a type, and a predicate, which
here is the record as it stands in its file.
"""

from __future__ import annotations

import json
from typing import Any

from registry.evidence.record import RecordError, from_json, to_json
from registry.types import Evidence

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://model-index-registry.github.io/evidence/v1"


def statement(evidence: Evidence) -> dict[str, Any]:
    """The statement that this evidence makes.

    Its subjects are the claim and, where the measurement ran them, the weights.
    """
    return {
        "_type": STATEMENT_TYPE,
        "subject": _subjects(evidence),
        "predicateType": PREDICATE_TYPE,
        "predicate": to_json(evidence),
    }


def dump(data: dict[str, Any]) -> bytes:
    """A statement or an envelope as one line, always the same bytes for the same data."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).encode()


def parse(data: bytes) -> Evidence:
    """The evidence in a statement.

    Raises:
        RecordError: It is no statement of ours, or its subjects are not what its evidence is about.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"it is not JSON: {error}") from error
    if not isinstance(found, dict) or found.get("_type") != STATEMENT_TYPE:
        raise RecordError("it is not an in-toto Statement v1")
    if found.get("predicateType") != PREDICATE_TYPE:
        raise RecordError(f"its predicate is not of type {PREDICATE_TYPE}")
    evidence = from_json(found.get("predicate"))
    if evidence.digests.get("claim") != evidence.claim.digest:
        raise RecordError("its claim is not the one its digest was made from")
    if found.get("subject") != _subjects(evidence):
        raise RecordError("its subjects are not what its evidence is about")
    return evidence


def _subjects(evidence: Evidence) -> list[dict[str, Any]]:
    claim = evidence.claim
    subjects = {f"{claim.model}: {claim.label} {claim.reported.text}": claim.digest}
    if "weights" in evidence.digests:
        subjects[f"{claim.model}: weights"] = evidence.digests["weights"]
    return [{"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}} for name, digest in subjects.items()]
