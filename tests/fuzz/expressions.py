"""The language of `mir search`: an answer or a sentence with a column, and what is written is read back."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from registry.query.expression import Both, Comparison, Expression, ExpressionError, Not, parse
from registry.types.safe_text import safe_text

PIECES = [*"()\"'=<>~!\\", "and", "or", "not", "AND", "flops", "top1", "missing", "5e9", "75%", " ", "\u2028", "\x1b"]
ANY = (
    st.text(max_size=80)
    | st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)
    | st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
)

_COMPARISONS = st.tuples(
    st.sampled_from(["flops", "top 1", '"and"', "'x  y'"]),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "~"]),
    st.text(max_size=8),
).map(list)
TREES: st.SearchStrategy[list[Any]] = st.recursive(
    _COMPARISONS,
    lambda inner: (
        inner.map(lambda of: ["not", of])
        | st.lists(inner, min_size=2, max_size=4).map(lambda parts: ["and", *parts])
        | st.lists(inner, min_size=2, max_size=4).map(lambda parts: ["or", *parts])
    ),
    max_leaves=15,
)


def any_text_is_an_expression_or_a_sentence(text: str) -> None:
    error = refusal(text)
    if error is not None:
        assert 1 <= error.column <= len(text) + 1
        assert error.message == safe_text(error.message)
        assert len(error.message) < 300


def refusal(text: str) -> ExpressionError | None:
    """Why a text is no expression; `None` where it is one."""
    try:
        parse(text)
    except ExpressionError as error:
        return error
    return None


def an_expression_is_read_back_as_it_was_written(tree: list[Any]) -> None:
    assert shape(parse(written(tree))) == normal(tree)


def written(tree: list[Any]) -> str:
    """A tree as somebody would type it, in brackets throughout, its values in quotes."""
    if tree[0] == "not":
        return f"not ({written(tree[1])})"
    if tree[0] in ("and", "or"):
        return f" {tree[0]} ".join(f"({written(part)})" for part in tree[1:])
    field, operator, value = tree
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{field} {operator} "{escaped}"'


def normal(tree: list[Any]) -> list[Any]:
    """A tree with its fields as they are read."""
    if tree[0] in ("not", "and", "or"):
        return [tree[0], *map(normal, tree[1:])]
    field, operator, value = tree
    return [field.strip("\"'"), operator, value]


def shape(expression: Expression) -> list[Any]:
    """What was read, as a tree."""
    if isinstance(expression, Not):
        return ["not", shape(expression.of)]
    if isinstance(expression, Both):
        return ["and" if expression.every else "or", *map(shape, expression.parts)]
    assert isinstance(expression, Comparison)
    return [expression.field.text, expression.operator, expression.value.text]
