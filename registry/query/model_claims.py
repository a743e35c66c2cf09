"""One model: its claims beside the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.numbers import whole
from registry.query.registry_tables import METADATA, Tables
from registry.vocabulary.model_names import find_name

_CLAIM = (
    "subject",
    "label",
    "kind",
    "task",
    "dataset",
    "config",
    "split",
    "reported",
    "value",
    "unit",
    "verdict",
    "reason",
    "file",
    "line",
)
_EVIDENCE = (
    "verdict",
    "stale",
    "reason",
    "measured",
    "method",
    "convention",
    "samples",
    "interval",
    "device",
    "time",
)


def show(tables: Tables, name: str) -> list[dict[str, Any]]:
    """What is known of the models of a name, one for each card that has it, as plain data.

    Each has the columns of the table of models, and `claims`: what was reported and where, with `evidence` beside it,
    `None` where nothing was measured.

    Raises:
        UsageError: No card has such a model, or several are meant; see `registry.vocabulary.model_names`.
    """
    meant = find_name(name, tables.models.columns["name"])
    models = [row for row in tables.models.rows() if row["name"] == meant]
    evidence = {row["claim_id"]: _evidence(row) for row in tables.evidence.rows()}
    wanted = {row["id"]: row for row in models}
    found = [
        {_JSON.get(key, key): whole(value) for key, value in row.items() if key not in ("id", "claims")}
        for row in models
    ]
    claims: dict[int, list[dict[str, Any]]] = {number: [] for number in wanted}
    for number, row in enumerate(tables.claims.rows()):
        if row["model_id"] in wanted:
            claim = {key: whole(row[key]) for key in _CLAIM}
            claims[row["model_id"]].append({**claim, "evidence": evidence.get(number)})
    return [{**each, "claims": claims[number]} for each, number in zip(found, wanted, strict=True)]


_JSON = {column: subject for subject, column in METADATA.items()}
"""Numbers by their subject, as in all JSON; SQL has an underscore where a subject has a hyphen."""


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    interval = None if row["low"] is None else [row["low"], row["high"]]
    return {key: interval if key == "interval" else whole(row[key]) for key in _EVIDENCE}
