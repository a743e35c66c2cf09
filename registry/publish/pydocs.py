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

_ANNOTATION = re.compile(r"""(: |-> )(?:ForwardRef\()?(?:'([^']*)'|"([^"]*)")\)?""")
"""An annotation that Python keeps as text, as named tuples do inside of a `ForwardRef`."""
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
    functions = {name: item.function if inspect.ismodule(item) else item for name, item in offered.items()}
    exports = [getattr(types, name) for name in types.__all__]
    return [
        (
            "registry",
            "What the commands do, as functions.",
            [_document(f"registry.{name}", function) for name, function in functions.items()],
        ),
        (
            "registry.types",
            "The plain, frozen data that the functions take and return.",
            [
                _document(export.__name__, export)
                for export in exports
                if inspect.isclass(export) and (dataclasses.is_dataclass(export) or issubclass(export, tuple))
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
    bare = _unquoted(re.sub(r" = <[^>]*>", " = ...", re.sub(r"<factory>", "...", str(signature))))
    bare = bare.removesuffix(" -> None")
    if len(bare) < 70:
        return bare
    parameters = [
        _unquoted(re.sub(r"^([^<]*)<.*>", r"\1...", str(parameter))) for parameter in signature.parameters.values()
    ]
    inner = ",\n".join(f"    {parameter}" for parameter in (("*", *parameters) if "(*," in bare else parameters))
    returns = bare.rpartition(") -> ")[2] if ") -> " in bare else ""
    return f"(\n{inner},\n){f' -> {returns}' if returns else ''}"


def _unquoted(text: str) -> str:
    """Without the quotes of its annotations, but with those of its defaults.

    >>> _unquoted("(path: 'Paths | Index', repository: 'str' = '') -> 'Built'")
    "(path: Paths | Index, repository: str = '') -> Built"
    """
    return _ANNOTATION.sub(r"\1\2\3", text)


def _sections(doc: str) -> Iterator[Section]:
    for match in _SECTION.finditer(doc):
        items = tuple((name, re.sub(r"\s+", " ", text)) for name, text in _ITEM.findall(match[2]))
        has_items = match[1] in ("Args", "Attributes", "Raises")
        yield Section(
            name={"Args": "Parameters"}.get(match[1], match[1]),
            items=items if has_items else (),
            text="" if has_items else re.sub(r"\s+", " ", match[2]).strip(),
        )


def _example(text: str) -> tuple[str, str]:
    at = text.find(">>> ")
    return (text, "") if at < 0 else (text[:at].strip(), text[at:].strip())
