"""The sentences for YAML's traps: values that mean something else than what they look like."""

from __future__ import annotations

from typing import Any

from registry.read import ids
from registry.read.problems import Problems
from registry.types import Edit, Fix, Severity


def report_trap(
    rule: str, problems: Problems, text: str, value: Any, start: int, end: int, path: str, key: str | None
) -> None:
    """Report the trap that the unquoted scalar `text` fell into when it was read as `value`."""
    severity: Severity | None = None
    quoted = f"Write '{text}' in quotes if text is meant"
    fix = None
    if rule == ids.BOOLEAN:
        message = f"'{text}' without quotes is read as {str(value).lower()}"
        hint = f"{quoted}, {str(value).lower()} if not."
    elif rule == ids.EXPONENT:
        message = f"'{text}' is text to YAML 1.1 tools, because its exponent lacks a decimal point or a sign"
        number = _with_point(text)
        hint = f"Write {number}."
        fix = Fix(
            description=f"write {number}", edits=(Edit(file=problems.source.file, start=start, end=end, text=number),)
        )
    elif rule == ids.DATE:
        if isinstance(value, str):
            severity = "warning"
            message = f"'{text}' looks like a date or time, but there is no such day or time"
            hint = f"{quoted}."
        elif key is not None and any(word in key.lower() for word in ("date", "time", "released", "created")):
            return
        else:
            message = f"'{text}' without quotes is read as a date"
            hint = f"{quoted}."
    elif rule == ids.OCTAL:
        decimal = text.lower().lstrip("+-0o_")
        if isinstance(value, str):
            severity = "info"
            message = f"'{text}' is text to YAML 1.1 tools and a number to YAML 1.2 tools"
            hint = f"{quoted}."
        elif str(value).lstrip("-") == decimal:
            return
        else:
            message = f"'{text}' is read as the octal number {value}, because it starts with a zero"
            hint = f"{quoted}, {decimal} for the decimal number."
    else:
        message = f"'{text}' is read as the number {value}, because colons count in sixties"
        hint = f"{quoted}."
    problems.add(rule, message, start, end, path=path, hint=hint, severity=severity, fix=fix)


def _with_point(text: str) -> str:
    """An exponent number as YAML 1.1 knows it: `1e5` is `1.0e+5`."""
    mantissa, _, exponent = text.lower().partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    return f"{mantissa}e{exponent if exponent[0] in '+-' else '+' + exponent}"
