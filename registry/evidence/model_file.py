"""The file of one model's evidence: its records by name, and the environment that most of them share once.

`schemas/model-evidence.schema.json` says the same for everybody else. Each record is `record.to_json` without what the
file says for all of them: the schema, the model, and the environment where it is the common one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.evidence.record import SCHEMA_ID, RecordError, load

FILE_SCHEMA_ID = "https://model-index-registry.github.io/schemas/v1/model-evidence.schema.json"
"""`$id` of the schema that a model's file follows."""

_MOST_SHARED = 200

_WIDE = 116
"""Letters of a line that a list or an object may share with what stands in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFile:
    """The records of one model as plain data.

    Attributes:
        records: By name, such as `flops-fb865406`, each as `record.to_json` gives it.
    """

    model: str
    records: Mapping[str, Any] = field(default_factory=dict)


def read(data: bytes) -> ModelFile:
    """The records in the bytes of a model's file.

    Raises:
        RecordError: They are something else.
    """
    content = load(data)
    if not isinstance(content, dict):
        raise RecordError("the file must be an object")
    if "$schema" not in content:
        raise RecordError("'$schema' is missing")
    if content["$schema"] != FILE_SCHEMA_ID:
        raise RecordError(f"'$schema' must be {FILE_SCHEMA_ID}")
    model, shared, records = (content.get(name) for name in ("model", "environment", "records"))
    if not isinstance(model, str) or not isinstance(shared, dict) or not isinstance(records, dict):
        raise RecordError("it must hold 'model', 'environment' and 'records'")
    if len(shared) > _MOST_SHARED:  # each record has them all
        raise RecordError(f"its 'environment' has {len(shared)} entries, and no machine needs {_MOST_SHARED}")
    if more := sorted(content.keys() - {"$schema", "model", "environment", "records"}):
        raise RecordError(f"'{more[0]}' was unexpected")
    return ModelFile(model=model, records={name: _whole(record, model, shared) for name, record in records.items()})


def dump(file: ModelFile) -> bytes:
    """A model's file, always the same bytes for the same records.

    Half a surrogate pair, which JSON can spell and UTF-8 cannot, stays spelled as JSON does.
    """
    records = dict(sorted(file.records.items()))
    shared = _commonest([record.get("environment") for record in records.values() if isinstance(record, dict)])
    whole = {
        "$schema": FILE_SCHEMA_ID,
        "model": file.model,
        "environment": shared,
        "records": {name: _part(record, shared) for name, record in records.items()},
    }
    return _text(whole).encode("utf-8", "backslashreplace") + b"\n"


def _whole(record: Any, model: str, shared: dict[str, Any]) -> Any:
    """A record as it stands alone; what is no object stays as it is, for whoever reads it to complain of."""
    if not isinstance(record, dict):
        return record
    claim = record.get("claim")
    whole = {"environment": shared, **record}
    return {"$schema": SCHEMA_ID, **whole, "claim": {"model": model, **claim} if isinstance(claim, dict) else claim}


def _part(record: Any, shared: dict[str, Any]) -> Any:
    if not isinstance(record, dict):
        return record
    part = {name: value for name, value in record.items() if name != "$schema"}
    if isinstance(part.get("claim"), dict):
        part["claim"] = {name: value for name, value in part["claim"].items() if name != "model"}
    if part.get("environment") == shared:
        del part["environment"]
    return part


def _commonest(environments: list[Any]) -> dict[str, Any]:
    """The environment of the most records, the first of several."""
    by_text = {
        json.dumps(environment, sort_keys=True): environment
        for environment in environments
        if isinstance(environment, dict)
    }
    counts = Counter(
        json.dumps(environment, sort_keys=True) for environment in environments if isinstance(environment, dict)
    )
    return by_text[counts.most_common(1)[0][0]] if counts else {}


def _text(data: Any, indent: str = "") -> str:
    """JSON in as few lines as can be read: what fits on a line stands on one."""
    short = json.dumps(data, ensure_ascii=False, allow_nan=False)
    if not isinstance(data, dict | list) or not data or len(indent) + len(short) <= _WIDE:
        return short
    inner = f"{indent} "
    if isinstance(data, dict):
        lines = [
            f"{inner}{json.dumps(name, ensure_ascii=False)}: {_text(value, inner)}" for name, value in data.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(f"{inner}{_text(item, inner)}" for item in data) + f"\n{indent}]"
