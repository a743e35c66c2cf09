"""Regular expressions that are compiled when they are first used: a run uses a few of a hundred and fifty."""

from __future__ import annotations

import re
from typing import Any, cast


class _Pattern:
    """Stands for a pattern, and hands over its methods, which are then found without a detour."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags
        self._compiled: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        member = self.__dict__[name] = getattr(self._compiled, name)
        return member


def lazy_regex(text: str, flags: int = 0) -> re.Pattern[str]:
    r"""What `re.compile` gives, made at the first use; where it is no expression, that is said then.

    >>> lazy_regex(r"\d+").findall("1 and 2")
    ['1', '2']
    """
    return cast("re.Pattern[str]", _Pattern(text, flags))
