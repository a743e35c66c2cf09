"""What a plain YAML scalar means: YAML 1.1 as PyYAML's `SafeLoader` reads it, and where that surprises people."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from registry.lazy_regex import lazy_regex
from registry.read import ids
from registry.read.problems import Problems
from registry.types import Edit, Fix, Severity

MAX_PLAIN: Final = 100
"""Longer plain scalars are text: no number, date or boolean has so many characters."""

_CORE = "tag:yaml.org,2002:"
_TEXT = _CORE + "str"
_SCALAR_TAGS = {_CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp")}
FIRST: Final = frozenset("+-0123456789.~nNyYtTfFoO=")
"""What a plain scalar begins with that may be anything else than text."""

_EXPONENT = lazy_regex(r"[-+]?(?:\d+|\d+\.\d*|\.\d+)[eE][-+]?\d+")
_OCTAL = lazy_regex(r"[-+]?0[0_]*[1-9][0-9_]*|[-+]?0o[0-7]+")

_REFUSED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, yaml.YAMLError)
"""What PyYAML's constructors end in when a text is no value of their type: `!!int ""` is an IndexError."""


class _Scalars(SafeConstructor, Resolver):
    """PyYAML's own tables, so that a card means here what it means to every other tool."""

    def __init__(self) -> None:
        SafeConstructor.__init__(self)
        Resolver.__init__(self)

    def value(self, text: str, tag: str | None) -> Any:
        if tag is None:
            tag = self.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
        return self.construct_object(yaml.ScalarNode(tag, text))


_SCALARS = _Scalars()


def plain(text: str) -> tuple[Any, str | None]:
    """The value of an unquoted scalar, and the rule id of the trap it fell into, if any.

    >>> plain("0.001"), plain("no"), plain("1e5")
    ((0.001, None), (False, 'MIR013'), ('1e5', 'MIR014'))
    """
    if text and text[0] not in FIRST:
        return text, None
    return _plain(text) if len(text) <= MAX_PLAIN else (text, None)


@lru_cache(maxsize=20_000)
def _plain(text: str) -> tuple[Any, str | None]:
    try:
        value = _SCALARS.value(text, None)
    except _REFUSED:
        # A date that the calendar lacks, such as 2021-02-30, or YAML's lone `=`.
        return text, ids.DATE if text[:1].isdigit() else None
    if isinstance(value, str):
        if "e" in text.lower() and _EXPONENT.fullmatch(text):
            return value, ids.EXPONENT
        return value, ids.OCTAL if "0" in text[:2] and _OCTAL.fullmatch(text) else None
    if isinstance(value, bool):
        return value, None if text.lower() in ("true", "false") else ids.BOOLEAN
    if isinstance(value, int | float):
        return value, ids.SEXAGESIMAL if ":" in text else ids.OCTAL if "0" in text[:2] and _OCTAL.fullmatch(
            text
        ) else None
    return value, None if value is None else ids.DATE


def tagged(text: str, tag: str) -> Any:
    """The value of a scalar with an explicit tag such as `!!str`.

    Raises:
        ValueError: The tag is not one of YAML's scalar types, or the text is no such value.
    """
    if tag not in _SCALAR_TAGS:
        raise ValueError(f"the tag '{shown_tag(tag)}' is not one that a card can use")
    try:
        if len(text) > MAX_PLAIN and tag != _TEXT:
            raise ValueError(text)
        return _SCALARS.value(text, tag)
    except _REFUSED:
        raise ValueError(f"'{text[:40]}' is no value of the type '{shown_tag(tag)}'") from None


def shown_tag(tag: str) -> str:
    """A tag as people write it: `!!str` for `tag:yaml.org,2002:str`."""
    return ("!!" + tag.removeprefix(_CORE) if tag.startswith(_CORE) else tag)[:60]


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
        fix = Fix(f"write {number}", (Edit(problems.source.file, start, end, number),))
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
