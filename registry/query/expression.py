"""The language of `mir search`: `flops < 5e9 and top1 > 0.75 and dataset = "ImageNet"`.

    expression := all ("or" all)*
    all        := factor ("and" factor)*
    factor     := "not" factor | "(" expression ")" | comparison
    comparison := words ("=" | "!=" | "<" | "<=" | ">" | ">=" | "~") words | words

Words are anything without spaces, quotes, parentheses and comparisons; several stand for a text with single spaces, and
a text in quotes for itself, so that `"and"` can be one. `~` means contains. Words without a comparison are a part of
the model's name: `resnet and top1 > 0.75`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from registry.types import UsageError
from registry.types.safe_text import shortened

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]

LONGEST = 10_000
_DEEPEST = 100
_OPERATORS: frozenset[str] = frozenset({"=", "!=", "<", "<=", ">", ">=", "~"})
_KEYWORDS = frozenset({"and", "or", "not"})
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<operator>[=!<>~]+)
      | (?P<bracket>[()])
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<word>[^\s=!<>~()"']+)""",
    re.VERBOSE | re.DOTALL,
)


class ExpressionError(UsageError):
    """An expression that cannot be understood: one sentence that begins with the column, from 1."""

    def __init__(self, column: int, message: str) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


@dataclass(frozen=True, slots=True)
class WrittenTerm:
    """A field or a value, as written.

    Attributes:
        column: Where it begins, from 1.
        quoted: Whether it stood in quotes.
    """

    text: str
    column: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field compared with a value.

    Attributes:
        bare: Whether only the value was written, as a part of a name.
    """

    field: WrittenTerm
    operator: Operator
    value: WrittenTerm
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of an expression."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Both:
    """Everything that `and` joins (`every`), or `or`."""

    parts: tuple[Expression, ...]
    every: bool


Expression = Comparison | Not | Both


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: It is none.

    >>> parse("flops < 5 GFLOPs").value.text
    '5 GFLOPs'
    >>> parse("flops <")
    Traceback (most recent call last):
    registry.query.expression.ExpressionError: column 8: a value is missing after '<'
    """
    if len(text) > LONGEST:
        raise ExpressionError(LONGEST, f"an expression has no more than {LONGEST} characters")
    parser = _Parser(list(_tokens(text)), len(text) + 1)
    expression = parser.expression()
    parser.end()
    return expression


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(at + 1, "the quote is never closed")
        kind = match.lastgroup or ""
        token = match[0]
        if kind == "operator" and token not in _OPERATORS:
            raise ExpressionError(at + 1, f"'{token}' is no comparison; there are = != < <= > >= and ~")
        if kind == "word" and token.lower() in _KEYWORDS:
            kind, token = "keyword", token.lower()
        if kind != "space":
            tokens.append(_Token(kind, token, at + 1))
        at = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[_Token], end: int) -> None:
        self.tokens = tokens
        self.at = 0
        self.last = _Token("end", "", end)
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else self.last

    def take(self, kind: str, text: str = "") -> bool:
        if self.next.kind != kind or (text and self.next.text != text):
            return False
        self.at += 1
        return True

    def end(self) -> None:
        if self.next.kind != "end":
            raise ExpressionError(
                self.next.column, f"'{shortened(self.next.text)}' is not expected here; join with and or or"
            )

    def expression(self) -> Expression:
        parts = [self.all()]
        while self.take("keyword", "or"):
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else Both(tuple(parts), every=False)

    def all(self) -> Expression:
        parts = [self.factor()]
        while self.take("keyword", "and"):
            parts.append(self.factor())
        return parts[0] if len(parts) == 1 else Both(tuple(parts), every=True)

    def factor(self) -> Expression:
        start = self.next
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError(start.column, f"expressions are nested more than {_DEEPEST} deep")
        try:
            if self.take("keyword", "not"):
                return Not(self.factor())
            if self.take("bracket", "("):
                inner = self.expression()
                if not self.take("bracket", ")"):
                    raise ExpressionError(start.column, "the bracket is never closed")
                return inner
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> Comparison:
        field = self.words("a field")
        operator = self.next
        if operator.kind in ("end", "keyword") or (operator.kind == "bracket" and operator.text == ")"):
            return Comparison(WrittenTerm("name", field.column), "~", field, bare=True)
        if not self.take("operator"):
            raise ExpressionError(
                operator.column, f"a comparison such as = or < is missing after '{shortened(field.text)}'"
            )
        return Comparison(field, operator.text, self.words("a value"))  # type: ignore[arg-type]

    def words(self, role: str) -> WrittenTerm:
        first = self.next
        if self.take("text"):
            return WrittenTerm(re.sub(r"\\(.)", r"\1", first.text[1:-1], flags=re.DOTALL), first.column, quoted=True)
        parts = []
        while self.next.kind == "word":
            parts.append(self.next.text)
            self.at += 1
        if not parts:
            before = f" after '{shortened(self.tokens[self.at - 1].text)}'" if self.at else ""
            raise ExpressionError(first.column, f"{role} is missing{before}")
        return WrittenTerm(" ".join(parts), first.column)


def comparisons(expression: Expression) -> Iterator[Comparison]:
    """All comparisons of an expression, as they are written."""
    if isinstance(expression, Comparison):
        yield expression
    else:
        for part in (expression.of,) if isinstance(expression, Not) else expression.parts:
            yield from comparisons(part)
