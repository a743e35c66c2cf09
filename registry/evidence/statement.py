"""Evidence as an in-toto Statement, the form in which other tools store and check attestations.

The layout is in-toto's Attestation Framework, Statement v1: subjects with digests, a type, and a predicate, which
here is the record as it stands in its file.
"""

from __future__ import annotations

import json
import re
from typing import Any

from registry.evidence.record import RecordError, from_json, load, to_json
from registry.evidence.rejudge import contradictions
from registry.types import Evidence

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://model-index-registry.github.io/evidence/v1"


_DIGEST = re.compile(r"[0-9a-f]{64}")


def statement(evidence: Evidence, *, weights: str | None = None) -> dict[str, Any]:
    """The statement that this evidence makes.

    Its subjects are the claim and the weights, by whose digest a consumer of the file finds it.
    """
    return {
        "_type": STATEMENT_TYPE,
        "subject": _subjects(evidence, evidence.digests.get("weights", weights)),
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
    content = load(data)
    if not isinstance(content, dict) or content.get("_type") != STATEMENT_TYPE:
        raise RecordError("it is not an in-toto Statement v1")
    if content.get("predicateType") != PREDICATE_TYPE:
        raise RecordError(f"its predicate is not of type {PREDICATE_TYPE}")
    evidence = from_json(content.get("predicate"))
    if evidence.digests.get("claim") != evidence.claim.digest:
        raise RecordError("its claim is not the one its digest was made from")
    if not _is_about(content.get("subject"), evidence):
        raise RecordError("its subjects are not what its evidence is about")
    if wrong := contradictions(evidence):
        raise RecordError("; ".join(wrong))
    return evidence


def _is_about(subjects: Any, evidence: Evidence) -> bool:
    """Whether subjects are the claim's and its weights', and no others; weights that were not run may be left out."""
    measured = evidence.digests.get("weights")
    if subjects == _subjects(evidence, measured):
        return True
    if measured is not None or not isinstance(subjects, list) or len(subjects) != 2:
        return False
    digests = subjects[1].get("digest") if isinstance(subjects[1], dict) else None
    digest = digests.get("sha256") if isinstance(digests, dict) else None
    is_digest = isinstance(digest, str) and _DIGEST.fullmatch(digest) is not None
    return is_digest and subjects == _subjects(evidence, f"sha256:{digest}")


def _subjects(evidence: Evidence, weights: str | None) -> list[dict[str, Any]]:
    claim = evidence.claim
    subjects = {f"{claim.model}: {claim.label} {claim.reported.text}": claim.digest}
    if weights is not None:
        subjects[f"{claim.model}: weights"] = weights
    return [{"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}} for name, digest in subjects.items()]
