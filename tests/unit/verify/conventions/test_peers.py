"""Every convention against the tool that it stands for."""

import csv
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from peers import measure
from zoo import LARGE, ZOO

from registry.verify.conventions import CONVENTIONS, variants
from registry.verify.trace import Trace, build, trace

RECORDED = list(csv.DictReader((Path(__file__).parent / "recorded.csv").open()))
LIVE = {
    # By tool, what to import; where several versions share a name, the one that the tests install.
    "thop-0.0.31": "thop",
    "fvcore": "fvcore",
    "ptflops": "ptflops",
    "torchinfo": "torchinfo",
    "torchprofile": "torchprofile",
    "torch": "torch",
}
QUICK = (
    "mobilenet-v3-small",
    "vit",
    "swin",
    "attention-by-einsum",
    "transformer-encoder",
    "decoder",
    "recurrent",
    "shared",
)


@cache
def traced(model: str, shape: tuple[int, ...]) -> Trace:
    factory, _ = (ZOO | LARGE)[model]
    return trace(build(factory), shape[1:], batch=shape[0])


@pytest.mark.parametrize("model", [*ZOO, *LARGE])
def test_counts_are_what_the_tools_printed(model: str) -> None:
    labelled = {variant.label: variant for variant in variants()}
    rows = [row for row in RECORDED if row["model"] == model]
    assert len(rows) > 10
    for row in rows:
        ours = labelled[row["convention"]](traced(model, tuple(map(int, row["input"].split("x")))))
        assert ours.total == int(row["count"]), row


@pytest.mark.parametrize("tool", LIVE)
@pytest.mark.parametrize("model", QUICK)
def test_counts_are_what_the_installed_tool_prints(tool: str, model: str) -> None:
    if find_spec(LIVE[tool]) is None:
        pytest.skip(f"{LIVE[tool]} is not installed (tests/peers.txt)")
    labelled = {variant.label: variant for variant in variants()}
    ours = traced(model, ZOO[model][1])
    for label, count in measure(tool, model).items():
        assert labelled[label](ours).total == count, label


def test_every_convention_was_compared_with_its_tool_on_a_dozen_models() -> None:
    for name, convention in CONVENTIONS.items():
        rows = [row for row in RECORDED if row["convention"] == name]
        assert len(rows) >= 12, name
        assert {row["version"].partition("+")[0] for row in rows} <= {convention.version, "2.13.0"}, name


def test_layers_add_up_to_the_total() -> None:
    for model in ("swin", "transformer-encoder", "recurrent", "shared"):
        for variant in variants():
            count = variant(traced(model, ZOO[model][1]))
            assert sum(count.by_layer.values()) == count.total, (model, variant.label)
            assert all(times > 0 for times in count.uncounted.values())


def test_labels_tell_all_variants_apart() -> None:
    labels = [variant.label for variant in variants()]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("name", CONVENTIONS)
def test_every_convention_says_its_formulas_and_where_they_come_from(name: str) -> None:
    convention = CONVENTIONS[name]
    assert "| " in convention.doc
    assert convention.version.split(".")[0] in convention.doc + convention.version
    assert convention.source.startswith("https://")
    assert all(switch in convention.doc for switch in convention.switches)
