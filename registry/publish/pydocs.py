"""The package's own functions and types as Markdown, from their signatures and docstrings."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import registry
from registry import types

_SECTION = re.compile(r"^(Args|Attributes|Returns|Yields|Raises):\n((?:[ \t]+.*\n?|\n)+)", re.MULTILINE)
_ITEM = re.compile(r"^ {4}(\S[^:\n]*): (.*(?:\n {8,}.*)*)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """`Args`, `Returns` and the like: named items, or a text."""

    name: str
    items: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Documented:
    """One function or class."""

    name: str
    signature: str
    text: str
    sections: tuple[Section, ...]
    example: str


def documented() -> list[tuple[str, str, list[Documented]]]:
    """Modules with what they offer: (name, what it is for, its functions and classes)."""
    offered = {name: getattr(registry, name) for name in registry.__all__ if not name.startswith("_")}
    functions = {name: each.function if inspect.ismodule(each) else each for name, each in offered.items()}
    shown = [getattr(types, name) for name in types.__all__]
    return [
        (
            "registry",
            "What the commands do, as functions.",
            [_document(f"registry.{name}", each) for name, each in functions.items()],
        ),
        (
            "registry.types",
            "The plain, frozen data that the functions take and return.",
            [
                _document(each.__name__, each)
                for each in shown
                if inspect.isclass(each) and (dataclasses.is_dataclass(each) or issubclass(each, tuple))
            ],
        ),
    ]


def _document(name: str, item: Any) -> Documented:
    doc = inspect.getdoc(item) or ""
    text, example = _example(_SECTION.sub("", doc).strip())
    return Documented(
        name=name,
        signature=f"{name}{_signature(item)}",
        text=text,
        sections=tuple(_sections(doc)),
        example=example,
    )


def _signature(item: Any) -> str:
    """The signature, one parameter a line where it is long."""
    signature = inspect.signature(item)
    bare = re.sub(r" = <[^>]*>", " = ...", re.sub(r"<factory>", "...", str(signature))).replace("'", "")
    bare = bare.removesuffix(" -> None")
    if len(bare) < 70:
        return bare
    parameters = [
        re.sub(r"^([^<]*)<.*>", r"\1...", str(each)).replace("'", "") for each in signature.parameters.values()
    ]
    inner = ",\n".join(f"    {each}" for each in (("*", *parameters) if "(*," in bare else parameters))
    returns = bare.rpartition(") -> ")[2] if ") -> " in bare else ""
    return f"(\n{inner},\n){f' -> {returns}' if returns else ''}"


def _sections(doc: str) -> Iterator[Section]:
    for found in _SECTION.finditer(doc):
        items = tuple((name, re.sub(r"\s+", " ", text)) for name, text in _ITEM.findall(found[2]))
        named = found[1] in ("Args", "Attributes", "Raises")
        yield Section(
            name={"Args": "Parameters"}.get(found[1], found[1]),
            items=items if named else (),
            text="" if named else re.sub(r"\s+", " ", found[2]).strip(),
        )


def _example(text: str) -> tuple[str, str]:
    at = text.find(">>> ")
    return (text, "") if at < 0 else (text[:at].strip(), text[at:].strip())
