"""What a card says beside its claims: its metadata and links, as rows of label and value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.publish import escape
from registry.types import Evidence, Field
from registry.types.safe_text import shortened

_DEVICE = ("device", "gpu", "cpu", "platform")
"""What an environment says of the machine; the rest of it are versions."""

_MOST = 40
_LONGEST = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One line: a label, and texts of which some lead somewhere."""

    label: str
    values: tuple[tuple[str, str | None], ...]


def facts(fields: Mapping[str, Field], without: frozenset[str] = frozenset()) -> tuple[Fact, ...]:
    """The fields of a card that are worth a line; those of `without` are shown elsewhere."""
    lines = (
        Fact(label=escape.plain(name), values=_bounded(tuple(_values(field.value))))
        for name, field in fields.items()
        if name not in without
    )
    return tuple(line for line in lines if line.values)


def of_evidence(evidence: Evidence) -> tuple[Fact, ...]:
    """When, how, on what and with which versions a claim was measured, and the digests that it is bound to."""
    measured, environment = evidence.measurement, evidence.environment
    how = [measured.method, f"{measured.samples} samples" if measured.samples else ""] if measured else []
    lines = {
        "Date": [evidence.time or ""],
        "Method": how,
        "Device": [environment.get(name, "") for name in _DEVICE],
        "Versions": [f"{name} {version}" for name, version in environment.items() if name not in _DEVICE],
        **{f"Digest of {name}": [digest] for name, digest in evidence.digests.items()},
    }
    return tuple(
        Fact(label=escape.plain(label), values=tuple((escape.plain(text), None) for text in texts if text))
        for label, texts in lines.items()
        if any(texts)
    )


def _bounded(values: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, str | None], ...]:
    """The values, of which a line shows not more than it can hold, such as the languages of a speech model."""
    return values if len(values) <= _MOST else (*values[:_MOST], (f"and {len(values) - _MOST} more", None))


def _values(value: Any) -> Iterator[tuple[str, str | None]]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            for text, url in _values(entry):
                yield (text if str(key).casefold() == "url" else f"{escape.plain(key)}: {text}"), url
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _values(entry)
    elif value is not None and value != "":
        text = escape.plain(value)
        yield shortened(text, _LONGEST), escape.link(text)
