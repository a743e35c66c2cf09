"""Every pattern of this package, and texts that a pattern of its kind may take long over."""

from __future__ import annotations

import ast
import importlib
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import registry

_METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
_SIGNS = ("a", "1", " ", "\n", ".", "-", "_", "/", "<", "[", "(", "`", '"', "#", "a ", "1,", "a.")
_ENDS = ("\x00", "!\n")
"""What few patterns let follow, so that what was read before is tried in every other way."""

_parser: Any = importlib.import_module("re._parser")
_codes: Any = importlib.import_module("re._constants")
_REPEATS = (_codes.MAX_REPEAT, _codes.MIN_REPEAT, _codes.POSSESSIVE_REPEAT)


class Pattern(NamedTuple):
    """A pattern of the source, where it stands, and the methods that are called of it."""

    text: str
    flags: int
    place: str
    methods: tuple[str, ...]


def patterns() -> list[Pattern]:
    """All that are written as one string, `re.search("...", x)` and `NAME = re.compile("...")` alike."""
    root = Path(registry.__file__).parent
    sources = {file: file.read_text(encoding="utf-8") for file in sorted(root.rglob("*.py"))}
    package = "\n".join(sources.values())
    table: dict[tuple[str, int], Pattern] = {}
    for file, source in sources.items():
        tree = ast.parse(source)
        names = {
            id(node.value): name
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(name := getattr(node.targets[0], "id", None), str)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            method = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            of_re = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "re"
            text = getattr(call.args[0], "value", None)
            if not isinstance(text, str) or not (of_re or method == "lazy_regex"):
                continue
            is_compiled = method in ("compile", "lazy_regex")
            name = names.get(id(call), "")
            where = source if name.startswith("_") else package
            called = re.findall(rf"\b{name}\.({'|'.join(_METHODS)})\b", where) if name else []
            methods = tuple(sorted(set(called))) or ("search",) if is_compiled else (method,)
            flags = _flags(call.args[1]) if is_compiled and len(call.args) > 1 else 0
            table[text, flags] = Pattern(text, flags, f"{file.relative_to(root)}:{call.lineno}", methods)
    return list(table.values())


def apply(pattern: re.Pattern[str], method: str, text: str) -> None:
    """Use a pattern as the package does."""
    if method in ("sub", "subn"):
        pattern.sub("", text)
    elif method == "finditer":
        list(pattern.finditer(text))
    elif method in _METHODS:
        getattr(pattern, method)(text)


def pumps(pattern: Pattern, seed: int = 1) -> Iterator[tuple[str, str, str]]:
    """Beginnings, what is repeated after them, and ends: of the pattern's own parts, the repeated ones among them."""
    chance = random.Random(seed)
    tree = _parser.parse(pattern.text, pattern.flags)
    parts = {_like(part, chance) for part in (*_parts(tree), tree) for _ in range(3)}
    for again in sorted({pump for pump in parts if 0 < len(pump) < 60} | set(_SIGNS)):
        for begin in ("", _like(tree, chance)[:40]):
            yield from ((begin, again, end) for end in _ENDS)


def _flags(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp):
        return _flags(node.left) | _flags(node.right)
    return int(getattr(re, node.attr)) if isinstance(node, ast.Attribute) else 0


def _parts(tree: Any) -> Iterator[Any]:
    for code, value in tree:
        if code in _REPEATS:
            yield value[2]
            yield from _parts(value[2])
        elif code is _codes.SUBPATTERN:
            yield from _parts(value[3])
        elif code is _codes.BRANCH:
            for branch in value[1]:
                yield branch
                yield from _parts(branch)
        elif code in (_codes.ASSERT, _codes.ASSERT_NOT):
            yield from _parts(value[1])
        elif code is _codes.ATOMIC_GROUP:
            yield from _parts(value)


def _like(tree: Any, chance: random.Random) -> str:
    """A text that a pattern might match."""
    signs = []
    for code, value in tree:
        if code is _codes.LITERAL:
            signs.append(chr(value))
        elif code in (_codes.ANY, _codes.NOT_LITERAL):
            signs.append("a" if value != ord("a") else "b")
        elif code is _codes.IN:
            signs.append(_one_of(value, chance))
        elif code is _codes.BRANCH:
            signs.append(_like(chance.choice(value[1]), chance))
        elif code is _codes.SUBPATTERN:
            signs.append(_like(value[3], chance))
        elif code is _codes.ATOMIC_GROUP:
            signs.append(_like(value, chance))
        elif code in _REPEATS:
            signs.extend(_like(value[2], chance) for _ in range(min(max(value[0], chance.choice((0, 1, 2))), 5)))
    return "".join(signs)


def _one_of(items: Any, chance: random.Random) -> str:
    signs = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_NOT_WORD": "-"}
    ranges: list[str] = []
    for code, value in items:
        if code is _codes.LITERAL:
            ranges.append(chr(value))
        elif code is _codes.RANGE:
            ranges += [chr(value[0]), chr(value[1])]
        elif code is _codes.CATEGORY:
            ranges.append(signs.get(str(value), "a"))
    if items[0][0] is _codes.NEGATE:
        return next((sign for sign in "a1 -.x<\"'`(" if sign not in ranges), "z")
    return chance.choice(ranges or ["a"])
