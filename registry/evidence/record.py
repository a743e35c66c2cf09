"""Evidence as JSON and back. `schemas/evidence.schema.json` says the same for everybody else."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, get_args

from registry.download.hub_address import as_hub_address
from registry.evidence import strict_json
from registry.types import VERDICTS, Claim, DatasetRef, Evidence, Kind, Location, Measurement, Quantity
from registry.types.quantity import Unit

SCHEMA_ID = "https://model-index-registry.github.io/schemas/v1/evidence.schema.json"
"""`$id` of the schema that a record follows; its number changes when old readers could no longer read a new record."""

_T = TypeVar("_T")


class RecordError(ValueError):
    """JSON that is not evidence; the message says what is wrong, and names the path in the data."""


LARGEST = 16 << 20
"""Bytes of a file of evidence that are read; a model's evidence is some thousand for each record."""


def load(data: bytes) -> Any:
    """The JSON in a file of evidence.

    Raises:
        RecordError: It is too large, or is none.
    """
    if len(data) > LARGEST:
        raise RecordError(f"it is larger than {LARGEST} bytes")
    try:
        return strict_json.load(data)
    except strict_json.JsonError as error:
        raise RecordError(str(error)) from error


def to_json(evidence: Evidence) -> dict[str, Any]:
    """Plain JSON data, keys always in the same order.

    The reported number stands as it was printed and as exact decimals in text, because JSON's readers round.

    Raises:
        ValueError: A number is not finite, which JSON cannot say: what was measured is then no measurement.
    """
    claim, measurement = evidence.claim, evidence.measurement
    return {
        "$schema": SCHEMA_ID,
        "claim": {
            "model": claim.model,
            "subject": claim.subject,
            "label": claim.label,
            "kind": claim.kind,
            "reported": {
                "text": claim.reported.text,
                "value": f"{claim.reported.value:f}",
                "half_width": f"{claim.reported.half_width:f}",
                "unit": claim.reported.unit,
                "percent": claim.reported.percent,
            },
            "task": claim.task,
            "dataset": None
            if claim.dataset is None
            else {name: _plain(value, f"claim.dataset.{name}") for name, value in _dataset_fields(claim.dataset)},
            **({"conditions": dict(claim.conditions)} if claim.conditions else {}),
            "location": {
                "file": as_hub_address(claim.location.file),
                "line": claim.location.line,
                "column": claim.location.column,
                "path": claim.location.path,
            },
        },
        "verdict": evidence.verdict,
        "reason": evidence.reason,
        "measurement": None
        if measurement is None
        else {
            "value": _plain(measurement.value, "measurement.value"),
            "method": measurement.method,
            "convention": measurement.convention,
            "samples": measurement.samples,
            "interval": _plain(measurement.interval, "measurement.interval"),
            "details": _plain(measurement.details, "measurement.details"),
        },
        "digests": dict(sorted(evidence.digests.items())),
        "environment": dict(sorted(evidence.environment.items())),
        "time": evidence.time,
    }


def from_json(record: Any) -> Evidence:
    """Evidence from what `to_json` made.

    Raises:
        RecordError: It is something else.
    """
    root = _Reader(record, "")
    if root.value("$schema", str) != SCHEMA_ID:
        raise RecordError(f"'$schema' must be {SCHEMA_ID}")
    verdict = root.value("verdict", str)
    if verdict not in VERDICTS:
        raise RecordError(f"'verdict' must be one of {', '.join(VERDICTS)}")
    measurement = root.optional("measurement", _measurement)
    if measurement is None and verdict not in ("unverifiable", "error"):
        raise RecordError(f"'measurement' is missing, so the verdict cannot be {verdict}")
    return Evidence(
        claim=_claim(root.child("claim")),
        verdict=verdict,
        reason=root.value("reason", str),
        measurement=measurement,
        digests=root.texts("digests"),
        environment=root.texts("environment"),
        time=root.value("time", str),
    )


def _claim(at: _Reader) -> Claim:
    reported, location = at.child("reported"), at.child("location")
    return Claim(
        model=at.value("model", str),
        subject=at.value("subject", str),
        label=at.value("label", str),
        kind=at.choice("kind", get_args(Kind)),
        reported=Quantity(
            value=reported.decimal("value"),
            half_width=reported.decimal("half_width"),
            unit=reported.choice("unit", get_args(Unit)),
            text=reported.value("text", str),
            percent=reported.value("percent", bool),
        ),
        task=at.value("task", str, type(None)),
        dataset=at.optional("dataset", _dataset),
        conditions=tuple(at.texts("conditions").items()) if "conditions" in at.data else (),
        location=Location(
            file=location.value("file", str),
            line=location.value("line", int),
            column=location.value("column", int),
            path=location.value("path", str),
        ),
    )


def _dataset(at: _Reader) -> DatasetRef:
    return DatasetRef(
        name=at.value("name", str),
        type=at.value("type", str, type(None)),
        config=at.value("config", str, type(None)),
        split=at.value("split", str, type(None)),
        revision=at.value("revision", str, type(None)),
        args=at.value("args", object),
        subset=at.value("subset", str) if "subset" in at.data else None,
    )


def _dataset_fields(dataset: DatasetRef) -> Iterator[tuple[str, Any]]:
    """Its fields; a subset only where there is one, so that older records are as they would be written today."""
    for field in dataclasses.fields(dataset):
        value = getattr(dataset, field.name)
        if field.name != "subset" or value is not None:
            yield field.name, value


def _measurement(at: _Reader) -> Measurement:
    interval = at.value("interval", list, type(None))
    if interval is not None:
        if len(interval) != 2 or not all(_is_number(end) for end in interval):
            raise RecordError(f"'{at.path}interval' must be two numbers")
        interval = (interval[0], interval[1])
    value = at.value("value", int, float)
    if not _is_number(value):
        raise RecordError(f"'{at.path}value' must be a finite number")
    return Measurement(
        value=value,
        method=at.value("method", str),
        convention=at.value("convention", str, type(None)),
        samples=at.value("samples", int, type(None)),
        interval=interval,
        details=at.value("details", dict),
    )


class _Reader:
    """One JSON object and its path, which answers only with what was asked for."""

    def __init__(self, data: Any, path: str) -> None:
        if not isinstance(data, Mapping):
            raise RecordError(f"{_quoted(path)} must be an object")
        self.data, self.path = data, f"{path}." if path else ""

    def value(self, key: str, *kinds: type) -> Any:
        if key not in self.data:
            raise RecordError(f"'{self.path}{key}' is missing")
        content = self.data[key]
        # bool is an int to Python and not to JSON
        if not isinstance(content, kinds) or (isinstance(content, bool) and bool not in kinds and object not in kinds):
            raise RecordError(f"'{self.path}{key}' has the wrong type")
        return content

    def child(self, key: str) -> _Reader:
        return _Reader(self.value(key, object), f"{self.path}{key}")

    def optional(self, key: str, read: Callable[[_Reader], _T]) -> _T | None:
        return None if self.value(key, object) is None else read(self.child(key))

    def choice(self, key: str, choices: tuple[Any, ...]) -> Any:
        text = self.value(key, str)
        if text not in choices:
            raise RecordError(f"'{self.path}{key}' must be one of {', '.join(map(repr, choices))}")
        return text

    def decimal(self, key: str) -> Decimal:
        try:
            number = Decimal(self.value(key, str))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise RecordError(f"'{self.path}{key}' must be a decimal number in text")
        return number

    def texts(self, key: str) -> dict[str, str]:
        by_name: dict[str, str] = self.value(key, dict)
        for name, text in by_name.items():
            if not isinstance(text, str):
                raise RecordError(f"'{self.path}{key}.{name}' must be text")
        return by_name


def _plain(data: Any, path: str) -> Any:
    """The same data in JSON's own types, sorted; what JSON lacks becomes text."""
    if isinstance(data, Mapping):
        return {
            str(key): _plain(value, f"{path}.{key}") for key, value in sorted(data.items(), key=lambda i: str(i[0]))
        }
    if isinstance(data, list | tuple):
        return [_plain(value, f"{path}[{index}]") for index, value in enumerate(data)]
    if isinstance(data, float) and not math.isfinite(data):
        raise ValueError(f"{path} is {data}, which is no measurement")
    return data if data is None or isinstance(data, bool | int | float | str) else str(data)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _quoted(path: str) -> str:
    return f"'{path}'" if path else "the record"
