"""Evidence as Every Eval Ever's records, version 0.3.0 of their `eval.schema.json`.

https://github.com/evaleval/every_eval_ever
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from registry import __version__
from registry.convert.converted_files import Converted
from registry.convert.document_text import Output, render
from registry.convert.measured import result_of, said
from registry.dialects.writers import Notes, Spot
from registry.evidence.claim_key import identity
from registry.types import Evidence, Measurement, MetricTerm
from registry.vocabulary import Vocabulary, slug
from registry.vocabulary.directions import unlisted

SCHEMA_VERSION = "0.3.0"
RELATIONSHIPS = ("first_party", "third_party", "collaborative", "other")
_CONFIDENCE = 0.95
"""Of every interval that a measurement has."""

_LONGEST = 120
"""Letters of a folder's name, which file systems bound; the file's own name tells apart what is cut alike."""

_SPLITS = {"train": "train", "val": "val", "validation": "val", "test": "test"}
"""What their schema calls splits; another one stands among the details."""

Measured = tuple[Evidence, Measurement, MetricTerm]


def records(
    evidence: Iterable[Evidence], *, organization: str, relationship: str, vocabulary: Vocabulary | None = None
) -> Converted:
    """A record for each model and data set, where their data store expects it.

    The same evidence gives the same files: what is a time there is when it was measured, and the file's UUID is made
    from the claims.

    Args:
        evidence: What is known of claims. What is no result on data, and what nobody knows the good direction of, is
            left out, and said to be.
        organization: Who measured.
        relationship: What they are to the models' authors: one of `RELATIONSHIPS`.
        vocabulary: The project's, which says which direction of a metric is good.
    """
    notes, words = Notes(form="json"), vocabulary or Vocabulary.load()
    groups: dict[tuple[str, str], list[Measured]] = {}
    for item in evidence:
        measurement = result_of(item, notes)
        if measurement is None:
            continue
        claim = item.claim
        assert claim.dataset is not None
        term = words.of_subject(claim.subject) or words.metric(claim.label) or unlisted(claim.label)
        if term.better is None:
            notes.lose(Spot(claim.model, claim.label, claim), "it is not known whether higher is better")
        else:
            groups.setdefault((claim.model, claim.dataset.name), []).append((item, measurement, term))
    outputs = [_output(model, group, organization, relationship) for (model, _), group in groups.items()]
    return Converted(outputs=tuple(outputs), losses=tuple(notes.losses))


def _output(model: str, group: Sequence[Measured], organization: str, relationship: str) -> Output:
    first = group[0][0]
    assert first.claim.dataset is not None
    benchmark = slug(first.claim.dataset.name) or "unknown"
    latest = max(evidence.time for evidence, _, _ in group)
    record = {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{benchmark}/{model}/{_epoch(latest)}",
        "evaluation_timestamp": _epoch(latest),
        "retrieved_timestamp": _epoch(latest),
        "source_metadata": {
            "source_name": "mir",
            "source_type": "evaluation_run",
            "source_organization_name": organization,
            "evaluator_relationship": relationship,
        },
        "eval_library": {
            "name": "mir",
            "version": first.environment.get("mir", __version__),
            "additional_details": dict(first.environment),
        },
        "model_info": {
            "name": model,
            "id": model,
            "additional_details": {"deployment_type": "self_deployed", "model_availability": "unknown"}
            | _digest(first, "weights"),
        },
        "evaluation_results": [_result(*entry) for entry in group],
    }
    developer, _, name = model.rpartition("/")
    folder = "/".join(slug(part)[:_LONGEST] or "unknown" for part in (benchmark, developer, name))
    digest = hashlib.sha256("".join(evidence.claim.digest for evidence, _, _ in group).encode()).digest()
    return Output(file=f"data/{folder}/{uuid.UUID(bytes=digest[:16], version=4)}.json", text=render(record, "json"))


def _result(evidence: Evidence, measurement: Measurement, term: MetricTerm) -> dict[str, Any]:
    claim = evidence.claim
    assert claim.dataset is not None
    share = claim.kind == "ratio"
    result: dict[str, Any] = {
        "evaluation_result_id": identity(claim),
        "evaluation_name": claim.dataset.name,
        "source_data": _data(evidence, measurement),
        "evaluation_timestamp": _epoch(evidence.time),
        "metric_config": {
            "evaluation_description": said(evidence),
            "metric_id": claim.subject,
            "metric_name": claim.label,
            **({"metric_unit": "proportion"} if share else {}),
            "lower_is_better": term.better == "lower",
            "score_type": "continuous",
            "min_score": 0 if share else None,
            "max_score": 1 if share and term.bounded else None,
        },
        "score_details": {
            "score": measurement.value,
            "details": {
                "verdict": evidence.verdict,
                "reason": evidence.reason,
                "reported": claim.reported.text,
            }
            | dict(evidence.digests),
        },
    }
    uncertainty: dict[str, Any] = {}
    if measurement.interval is not None:
        lower, upper = measurement.interval
        uncertainty["confidence_interval"] = {"lower": lower, "upper": upper, "confidence_level": _CONFIDENCE}
    if measurement.samples is not None:
        uncertainty["num_samples"] = measurement.samples
    if uncertainty:
        result["score_details"]["uncertainty"] = uncertainty
    return result


def _data(evidence: Evidence, measurement: Measurement) -> dict[str, Any]:
    dataset = evidence.claim.dataset
    assert dataset is not None
    details = {
        key: value
        for key, value in (("config", dataset.config), ("split", dataset.split), ("revision", dataset.revision))
        if value
    } | _digest(evidence, "dataset")
    data: dict[str, Any] = {"dataset_name": dataset.name or dataset.type or "unknown"}
    if dataset.type:
        data |= {"source_type": "hf_dataset", "hf_repo": dataset.type}
        if dataset.split in _SPLITS:
            data["hf_split"] = _SPLITS[dataset.split]
        if measurement.samples is not None:
            data["samples_number"] = measurement.samples
    else:
        data["source_type"] = "other"
    return data | ({"additional_details": details} if details else {})


def _digest(evidence: Evidence, name: str) -> dict[str, str]:
    return {name: evidence.digests[name]} if name in evidence.digests else {}


def _epoch(time: str) -> str:
    """A time as seconds since 1970, in text; evidence without a time counts as from then."""
    try:
        return str(int(datetime.datetime.fromisoformat(time).timestamp()))
    except ValueError:
        return "0"
