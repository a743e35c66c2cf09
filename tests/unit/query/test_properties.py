"""The language of `mir search` under texts and expressions that nobody chose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.query.database import ask
from registry.query.expression import ExpressionError
from registry.query.model_search import Search
from registry.query.registry_tables import Tables
from registry.query.table_cache import TableCache
from registry.types import UsageError

SETTINGS = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])

PIECES = st.sampled_from(
    [*"()\"=<>~!\\'", "and", "or", "not", "flops", "top1", "dataset", "verdict", "missing", "5e9", "75%", "1e999", " "]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES).map("".join))

# What each comparison is of ResNet-50 on ImageNet and on CIFAR-10, of ResNet-18 on ImageNet, and of Bare, which has no
# evaluation; None where the card does not say.
KNOWN: dict[str, tuple[bool | None, ...]] = {
    "flops > 2 GFLOPs": (True, True, False, None),
    "params <= 11689512": (False, False, True, None),
    "file-size >= 98 MB": (True, True, None, None),
    "top1 > 75%": (True, True, False, None),
    "top5 > 75%": (True, None, None, None),
    "dataset = ImageNet": (True, False, True, None),
    "dataset ~ cifar": (False, True, False, None),
    "name ~ ResNet": (True, True, True, False),
    "name != Bare": (True, True, True, False),
    "flops = missing": (False, False, False, True),
    "verdict = self-reported": (True, True, True, None),
}
MODELS = ("ResNet-50", "ResNet-50", "ResNet-18", "Bare")

Case = tuple[str, tuple[bool | None, ...]]


def opposite(case: Case) -> Case:
    return f"not ({case[0]})", tuple(None if truth is None else not truth for truth in case[1])


def joined(word: str, one: Case, other: Case) -> Case:
    """Kleene's logic: an unknown leaves open what it cannot decide."""
    decided = word == "or"
    truths = tuple(
        decided if decided in pair else None if None in pair else not decided
        for pair in zip(one[1], other[1], strict=True)
    )
    return f"({one[0]}) {word} ({other[0]})", truths


CASES: st.SearchStrategy[Case] = st.recursive(
    st.sampled_from(list(KNOWN.items())),
    lambda inner: st.one_of(inner.map(opposite), st.builds(joined, st.sampled_from(["and", "or"]), inner, inner)),
    max_leaves=12,
)


def refusal(call: Callable[[], object]) -> UsageError | None:
    """How something was refused, `None` where it was answered."""
    try:
        call()
    except UsageError as error:
        return error
    return None


def is_one_sentence(error: UsageError | None, text: str) -> bool:
    """Whether it was answered, or refused with a column of the text and in one short line."""
    if error is None:
        return True
    assert isinstance(error, ExpressionError)
    within = 1 <= error.column <= len(text) + 1 and error.message.startswith(f"column {error.column}: ")
    return within and len(error.message.splitlines()) == 1 and len(error.message) < 300


@SETTINGS
@given(text=TEXTS)
def test_any_text_is_answered_or_refused_in_one_sentence(search: Search, text: str) -> None:
    assert is_one_sentence(refusal(lambda: search.find(text)), text)


@SETTINGS
@given(key=TEXTS)
def test_any_order_is_answered_or_refused_in_one_sentence(search: Search, key: str) -> None:
    assert is_one_sentence(refusal(lambda: search.find("", sort=[key])), key)


@SETTINGS
@given(case=CASES)
def test_an_expression_finds_what_its_parts_say(search: Search, case: Case) -> None:
    expression, truths = case
    expected = list(dict.fromkeys(name for name, truth in zip(MODELS, truths, strict=True) if truth))
    assert [row["name"] for row in search.rows(search.find(expression))] == expected


@pytest.mark.parametrize("expression", KNOWN)
def test_the_comparisons_are_known_by_hand(search: Search, expression: str) -> None:
    test_an_expression_finds_what_its_parts_say.hypothesis.inner_test(search, (expression, KNOWN[expression]))


STATEMENTS = st.lists(st.sampled_from(["select", "*", "from", "claims", "1", ";", "'", "(", "copy", "to", "\udcff"]))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statement=st.one_of(st.text(max_size=40), STATEMENTS.map(" ".join)))
def test_any_statement_is_answered_or_refused_in_one_sentence(
    registry_tables: Tables, tmp_path: Path, statement: str
) -> None:
    pytest.importorskip("duckdb")
    error = refusal(lambda: ask(TableCache(tables=registry_tables, unread=(), place=tmp_path / "kept"), statement))
    assert error is None or len(error.message.splitlines()) == 1
