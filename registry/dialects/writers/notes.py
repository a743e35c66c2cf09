"""What a target cannot hold, said while it is written."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from registry.lazy_regex import lazy_regex
from registry.read.scalars import plain
from registry.types import Location, MapNode, SeqNode
from registry.vocabulary import Vocabulary

Form = Literal["yaml", "json", "text"]
"""What the written tree becomes. In `text`, that is in a table, every scalar is its own text."""


class Located(Protocol):
    """A part of a card that knows where it stands."""

    @property
    def location(self) -> Location:
        """Where."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """One thing that a target cannot hold.

    Attributes:
        what: Where it stands in the model, such as `Metadata.FLOPs` or `Results[0].Metrics[1].value`.
        kind: `lost`, or `changed` where it is written otherwise.
        reason: Why, or how, in a few words.
        location: Where it stands in the card.
    """

    model: str
    what: str
    kind: Literal["lost", "changed"]
    reason: str
    location: Location

    def __str__(self) -> str:
        name = f"{self.model}: " if self.model else ""
        return f"{self.location}: {name}{self.what} is {self.kind}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a model, for what is said of it; cheap, because most of a card is never complained about."""

    model: str
    what: str
    owner: Located

    def at(self, *keys: str | int) -> Spot:
        """A place below this one."""
        path = self.what
        for key in keys:
            path = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}" if path else key
        return replace(self, what=path)


@dataclass(kw_only=True)
class Notes:
    """Collects what is lost, and turns values into what the target's form can hold.

    Attributes:
        form: What the tree becomes.
        vocabulary: The known metrics, those of the project included: the Hub asks for identifiers of them.
        losses: What was said so far.
    """

    form: Form = "yaml"
    vocabulary: Vocabulary = field(default_factory=Vocabulary.load)
    losses: list[Loss] = field(default_factory=list)

    def lose(self, spot: Spot, reason: str) -> None:
        """Say that the target has no place for something."""
        self._note(spot, "lost", reason)

    def change(self, spot: Spot, reason: str) -> None:
        """Say that something is written otherwise than it was."""
        self._note(spot, "changed", reason)

    def plain(self, value: Any, text: str, spot: Spot) -> Any:
        """A value as plain data of the target's form, its numbers with their printed digits."""
        if isinstance(value, Mapping):
            return {key: self.plain(item, entry_text(value, key), spot.at(key)) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(item, entry_text(value, i), spot.at(i)) for i, item in enumerate(value)]
        if isinstance(value, bool) or value is None or not isinstance(value, int | float | datetime.date):
            return value
        if self.form == "text":
            return text or str(value)
        output = in_yaml(value, text) if self.form == "yaml" else in_json(value, text)
        if not text and isinstance(value, float):
            self.change(spot, f"its digits as printed are not known here; it is written as {output}")
        if text and output != text and not text.startswith("*"):
            kind = "number" if isinstance(output, Printed) else "text"
            self.change(spot, f"'{text[:60]}' is written as the {kind} {output}")
        return output

    def number(self, text: str) -> Printed | str:
        """A decimal number as the target's form has it."""
        return text if self.form == "text" else Printed(text)

    def _note(self, spot: Spot, kind: Literal["lost", "changed"], reason: str) -> None:
        location = spot.owner.location
        self.losses.append(Loss(model=spot.model, what=spot.what, kind=kind, reason=reason, location=location))


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
