"""What `mir check` says: findings, and the edits that repair them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from registry.types.safe_text import safe_sentence
from registry.types.source import Location

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class Edit(NamedTuple):
    """Replace the characters `start` to `end` of a file's text by `text`."""

    file: str
    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """The one right repair of a finding, in one sentence and as edits that apply together or not at all."""

    description: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One mistake, at one place.

    Attributes:
        rule: Stable id, such as `MIR101`.
        severity: `error` and `warning` make `mir check` exit 1; `info` does not.
        message: One plain sentence that names the value and what is wrong with it.
        location: Where; its `path` is the path in the data.
        hint: What to do, where the message does not already say it.
        fix: The repair, where there is exactly one right answer.
        related: Other places that belong to it, such as the first of two duplicates.
    """

    rule: str
    severity: Severity
    message: str
    location: Location
    hint: str = ""
    fix: Fix | None = None
    related: tuple[Location, ...] = ()

    def __post_init__(self) -> None:
        # A zoo has thousands, and nearly all quote nothing but letters.
        for name in ("message", "hint"):
            text = getattr(self, name)
            safe = safe_sentence(text)
            if safe is not text:
                object.__setattr__(self, name, safe)

    def __str__(self) -> str:
        """In one line, such as `models/a.yml:3:5: MIR201 error: Parameters: 'banana' is not a number`."""
        return f"{self.location}: {self.rule} {self.severity}: {self.message}"

    def __repr__(self) -> str:
        return f"<Finding {self}>"
