"""Numbers that keep the digits they were printed with."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

from registry.lazy_regex import lazy_regex
from registry.read.scalars import plain
from registry.types import MapNode, SeqNode

_JSON_NUMBER = lazy_regex(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)


class Printed(str):
    """The text of a number or a date, which is written as it is, without quotes."""

    __slots__ = ()


def entry_text(container: Any, key: Any) -> str:
    """The scalar under `key` as printed, without quotes; empty where it was not read from a file."""
    value = container[key]
    if isinstance(value, str):
        return value
    return container.text(key) if isinstance(container, MapNode | SeqNode) else ""


def in_yaml(value: Any, text: str) -> Printed | str:
    """A number or date as YAML: its own text where YAML reads that as the same value.

    >>> in_yaml(4.1, "4.10"), in_yaml(1000.0, "1e3")
    ('4.10', '1000.0')
    """
    if text and plain(text)[0] == value and type(plain(text)[0]) is type(value):
        return Printed(text)
    if isinstance(value, datetime.date):
        return Printed(value.isoformat())
    return Printed(yaml_number(value))


def in_json(value: Any, text: str) -> Printed | str:
    """A number as JSON: its own text where JSON can say it; a date, and what is no finite number, as text.

    >>> in_json(4.1, "4.10"), in_json(0.5, ".5"), in_json(float("inf"), ".inf")
    ('4.10', '0.5', '.inf')
    """
    if isinstance(value, datetime.date):
        return text or value.isoformat()
    if _JSON_NUMBER.fullmatch(text):
        return Printed(text)
    try:
        return Printed(json.dumps(value, allow_nan=False))
    except ValueError:
        return text or yaml_number(value)


def yaml_number(value: int | float) -> str:
    """A number as YAML 1.1 reads it: unlike Python it needs a point before an exponent.

    >>> yaml_number(1e-05), yaml_number(1e22), yaml_number(float("-inf"))
    ('1.0e-05', '1.0e+22', '-.inf')
    """
    text = repr(value).lower()
    if "n" in text:
        return text.replace("inf", ".inf").replace("nan", ".nan")
    mantissa, mark, exponent = text.partition("e")
    return f"{mantissa}.0e{exponent}" if mark and "." not in mantissa else text
