"""A record against `schemas/evidence.schema.json`, the form that other tools read."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from registry.resources import resource


def mistakes(record: Any) -> list[str]:
    """What is wrong with a record's shape, one sentence each with its path in the data; empty if it is valid."""
    errors = sorted(_validator().iter_errors(record), key=lambda error: list(map(str, error.absolute_path)))
    return [f"{error.json_path}: {error.message[:300]}" for error in errors]


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((resource("schemas") / "evidence.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
