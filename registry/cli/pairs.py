"""Options of the form NAME=VALUE."""

from __future__ import annotations

from registry.types import UsageError


def pair(option: str, text: str, example: str) -> tuple[str, str]:
    """The two halves of an option's value.

    Raises:
        UsageError: It has not two.
    """
    name, separator, value = text.partition("=")
    if not (separator and name and value):
        raise UsageError(f"{option} {text}: it must be NAME=VALUE, such as {example}")
    return name, value
