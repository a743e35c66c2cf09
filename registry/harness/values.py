"""Strangers' JSON, asked for one thing at a time: what is of another kind than expected is as good as missing."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from registry.harness.log import UnknownLogError

_LONGEST = 300
"""Letters of a name that are kept."""

_MOST = 4_000_000
"""Lists and objects of one log: an empty one takes three characters in the file, and twenty times as much in memory."""

_EARLIEST, _LATEST = 946_684_800, 32_503_680_000
"""Seconds from 1970 to 2000 and to 3000: a time of neither is none."""


def loads(text: str) -> Any:
    """A value of JSON; `NaN` and infinities, which Python writes, are no numbers.

    Raises:
        UnknownLogError: It is none.
    """
    if text.count("[") + text.count("{") > _MOST:
        raise UnknownLogError(f"it is no log that is read: it holds more than {_MOST} lists and objects")
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        raise UnknownLogError(f"it is not JSON: {error.msg} in line {error.lineno}") from error
    except RecursionError as error:
        raise UnknownLogError("it is not JSON that can be read: it is nested too deeply") from error
    except ValueError as error:  # a number of five thousand digits
        raise UnknownLogError("it is not JSON that can be read: a number in it is too long") from error


def number(value: Any) -> float | None:
    """A finite number; text such as `N/A`, a truth value and what no float holds are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def count(value: Any) -> int | None:
    """A whole number that is not negative."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def text(value: Any) -> str:
    """A name or a version; of numbers, as they print."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value)[:_LONGEST].split())


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, empty where it is none."""
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[Any]:
    """A list, empty where it is none."""
    return value if isinstance(value, list) else []


def date(value: Any) -> str:
    """A time, UTC, to the second: seconds from 1970, or ISO 8601.

    >>> date(1795750109.59), date("2024-05-01T10:00:00+02:00"), date("yesterday")
    ('2026-11-27T03:28:29Z', '2024-05-01T08:00:00Z', '')
    """
    seconds = number(value)
    try:
        if seconds is not None:
            when = datetime.fromtimestamp(seconds, UTC) if _EARLIEST < seconds < _LATEST else None
        else:
            when = datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 60 else None
        return "" if when is None else when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""


def arguments(value: Any) -> Mapping[str, str]:
    """Arguments as a mapping, or as `pretrained=gpt2,dtype=float32`.

    >>> dict(arguments("pretrained=gpt2,dtype=float32")), dict(arguments({"pretrained": "gpt2"}))
    ({'pretrained': 'gpt2', 'dtype': 'float32'}, {'pretrained': 'gpt2'})
    """
    if isinstance(value, str):
        return dict(re.findall(r"(\w{1,60})=([^,]{0,300})", value[:4000]))
    return {text(name): text(argument) for name, argument in mapping(value).items()}
