"""Generated cards to each format and back: what is not named as lost is the same, to the last printed digit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.convert import TARGETS, convert
from registry.loader import load
from registry.types import Index

NUMBERS = ("4.10", "0", "-3", "1.50e+3", "1_000", "0x1F", ".5", "7.", "012", "1:30", ".inf", "61100840", "0.0001")
TEXTS = (
    "56.55%", "0.95%", "4.10", "1e5", "no", "null", "~", "-->", "--- ", "---\nx", "a: b", "# c", "- d", "'", '"',
    "a\tb", "=1+1", "@x", "+1", "é", "画像", "\u2028", "\x85", "\ufeff", " lead",
    "trail ", "{a}", "<!--", "```", "2021-02-03",
    "Image Classification", "image-classification", "Top 1 Accuracy", "accuracy", "ImageNet", "cais/hle", "unknown",
)  # fmt: skip
MARK = "\ue000"
"""Around a number's digits, until they stand in YAML without quotes."""

texts = st.sampled_from(TEXTS) | st.text(min_size=1, max_size=8).filter(lambda text: MARK not in text)
numbers = st.sampled_from([MARK + number + MARK for number in NUMBERS])
scalars = texts | numbers | st.booleans() | st.none()
keys = st.sampled_from(["Epochs", "FLOPs", "LR", "license", "Weights", "Shoe Size", "tags", "README", "a.b", "x -->"])
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(keys, scalars, max_size=2)
fields = st.dictionaries(keys, values, max_size=4)
names = st.sampled_from(["AlexNet", "resnet-18", "a b", "x_1"])


def optional(**entries: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=entries)


results = st.fixed_dictionaries(
    {
        "Task": texts,
        "Dataset": texts | st.fixed_dictionaries({"Name": texts}, optional={"Type": texts, "Split": texts}),
        "Metrics": st.dictionaries(texts, texts | numbers, max_size=3)
        | st.lists(
            st.fixed_dictionaries({"Name": texts, "Value": numbers}, optional={"Type": texts, "Std": numbers}),
            max_size=2,
        ),
    },
    optional={"Epoch": numbers},
)
entries = st.fixed_dictionaries(
    {"Name": names}, optional={"Metadata": fields, "Results": st.lists(results, max_size=2), "Weights": texts}
)


@st.composite
def indexes(draw: st.DrawFn) -> Any:
    models = draw(st.lists(entries, min_size=1, max_size=2, unique_by=lambda model: model["Name"]))
    family = draw(st.fixed_dictionaries({"Name": st.just("Family")}, optional={"Metadata": fields, "Paper": texts}))
    for model in models:
        if draw(st.booleans()):
            model["In Collection"] = "Family"
    models[0]["In Collection"] = "Family"
    return {"Collections": [family], "Models": models}


hub_results = st.fixed_dictionaries(
    {
        "task": st.fixed_dictionaries({"type": texts}, optional={"name": texts, "kind": texts}),
        "dataset": st.fixed_dictionaries(
            {"type": texts, "name": texts}, optional={"config": texts, "revision": texts, "args": values}
        ),
        "metrics": st.lists(
            st.fixed_dictionaries(
                {"type": texts, "value": numbers | texts},
                optional={"name": texts, "verified": st.booleans(), "verifyToken": texts, "args": values},
            ),
            max_size=3,
        ),
    },
    optional={"source": optional(name=texts, url=texts), "note": texts | numbers},
)


@st.composite
def hub_cards(draw: st.DrawFn) -> Any:
    front = draw(st.dictionaries(st.sampled_from(["license", "tags", "Paper", "widget", "name"]), values, max_size=3))
    models = st.fixed_dictionaries({"name": names, "results": st.lists(hub_results, max_size=2)})
    return front | {
        "model-index": draw(st.lists(models, min_size=1, max_size=2, unique_by=lambda model: model["name"]))
    }


entry = st.fixed_dictionaries(
    {"dataset": st.fixed_dictionaries({"id": texts, "task_id": texts}), "value": numbers | texts},
    optional={
        "verifyToken": texts,
        "date": texts,
        "notes": texts,
        "source": st.fixed_dictionaries({"url": texts}, optional={"name": texts, "user": texts, "more": texts}),
    },
)


def read(data: Any, file: Path) -> Index:
    text = yaml.safe_dump(data, allow_unicode=False, width=10_000, sort_keys=False)
    text = re.sub(r'"\\uE000([^"\\]*)\\uE000"', r"\1", text)
    assert "uE000" not in text
    return load([file], root=file.parents[1], contents={str(file.resolve()): text.encode()})


CARDS = {
    "model-index": (indexes(), "card/model.yml"),
    "huggingface": (hub_cards(), "card/card.yml"),
    "eval-results": (st.lists(entry, min_size=1, max_size=3), "AlexNet/.eval_results/a.yaml"),
}


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("dialect", CARDS)
def test_what_is_not_named_comes_back(dialect, to, unnamed, tmp_path):
    strategy, name = CARDS[dialect]

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(strategy)
    def check(data: Any) -> None:
        index = read(data, tmp_path / name)
        if index.models:
            assert {model.dialect for model in index.models} == {dialect}
            lost, made_up = unnamed(index, to, tmp_path)
            assert not lost
            assert not made_up

    check()


@pytest.mark.parametrize(("form", "dialect"), [("metafile", "model-index"), ("json", "model-index")])
def test_formats_that_say_the_same_lose_nothing(form, dialect, tmp_path):
    strategy, name = CARDS[dialect]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(strategy)
    def check(data: Any) -> None:
        index = read(data, tmp_path / name)
        losses = [loss for loss in convert(index, form).losses if loss.kind == "lost"]
        assert losses == []

    check()
