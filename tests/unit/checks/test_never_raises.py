"""Whatever a card holds, the check answers with findings."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.checks import check, schema_check
from registry.checks.fixes import apply
from registry.loader import load

FILES = {
    "model-index": "card.json",
    "metafile": "metafile.json",
    "eval-results": "card.yaml",
    "benchmark": "eval.yaml",
    "cards-json": "cards.json",
}
TEXT = st.sampled_from(
    [
        "",
        " ",
        "ResNet",
        "resnet34_8xb32_in1k",
        "50%",
        "-1",
        "1e999",
        "25.6M",
        "0.7",
        "nan",
        "inf",
        "ImageNet",
        "Imagenet",
        "http://",
        "https:///",
        "https://[",
        "http://a:b/",
        "javascript:x",
        "../../x.md",
        "/x.md",
        "x\0.md",
        "~\0/x.md",
        "~\ud800/x.md",
        "~/x.md",
        "//x",
        "1512.03385",
        "https://arxiv.org/abs/",
        "https://github.com/a/b/blob/main/c#L",
        "https://a.b/?sig=1",
        "github.com/",
        "hf_" + "aBcDeFgHiJ" * 4,
        "\u200b",
        "# mir: ignore[MIR1]",
        "x" * 3000,
        "a/b/",
        "vit-base_224px",
        "vit-small_224px",
    ]
)
LEAF = TEXT | st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats(-2, 2) | st.text(max_size=8)
METRIC = st.sampled_from(["Top 1 Accuracy", "Top 5 Accuracy", "acc@1", "WER", "AP", "Something", "Accuracy (x)", ""])
COUNT = st.sampled_from(
    ["Parameters", "FLOPs", "GFLOPs", "File Size", "Epochs", "LR", "flops", "Params (M)", "Momentum"]
)


def maybe(keys: dict[str, st.SearchStrategy]) -> st.SearchStrategy:
    return st.fixed_dictionaries({}, optional=keys)


RESULT = maybe(
    {
        "Task": LEAF,
        "Dataset": LEAF | maybe({"Name": LEAF}),
        "Metrics": LEAF
        | st.dictionaries(METRIC, LEAF, max_size=4)
        | st.lists(maybe({"Name": LEAF, "Value": LEAF}), max_size=2),
    }
)
MODEL = maybe(
    {
        "Name": LEAF,
        "in_collection": LEAF,
        "In Collection": LEAF,
        "Metadata": LEAF | st.dictionaries(COUNT, LEAF, max_size=6),
        "Results": LEAF | st.lists(RESULT | LEAF, max_size=3) | RESULT,
        "Weights": LEAF | maybe({"URL": LEAF}),
        "Paper": LEAF | maybe({"URL": LEAF, "Title": LEAF}) | st.lists(LEAF, max_size=2),
        "Config": LEAF,
        "README": LEAF,
        "Image": LEAF,
        "Weigths": LEAF,
    }
)
INDEX = maybe(
    {"Models": st.lists(MODEL | LEAF, max_size=6) | LEAF, "Collections": st.lists(MODEL, max_size=3), "Library": LEAF}
)
HF_RESULT = maybe(
    {
        "task": LEAF | maybe({"type": LEAF, "name": LEAF}),
        "dataset": LEAF | maybe({"type": LEAF, "name": LEAF, "args": LEAF | st.lists(LEAF, max_size=2)}),
        "metrics": LEAF
        | st.lists(LEAF | maybe({"type": LEAF | METRIC, "value": LEAF, "name": LEAF, "args": LEAF}), max_size=3),
        "source": LEAF | maybe({"url": LEAF}),
    }
)
HF = maybe(
    {
        "model-index": LEAF
        | st.lists(LEAF | maybe({"name": LEAF, "results": LEAF | st.lists(HF_RESULT, max_size=3)}), max_size=2),
        "license": LEAF | st.lists(LEAF, max_size=2),
        "language": LEAF | st.lists(LEAF, max_size=2),
        "pipeline_tag": LEAF,
        "library_name": LEAF,
        "base_model": LEAF | st.lists(LEAF, max_size=2),
        "base_model_relation": LEAF,
        "datasets": LEAF | st.lists(LEAF, max_size=2),
        "metrics": LEAF,
        "co2_eq_emissions": LEAF | maybe({"emissions": LEAF, "training_type": LEAF}),
        "license_link": LEAF,
        "eval_results": LEAF,
        "tags": LEAF,
    }
)
EVAL = st.lists(
    LEAF
    | maybe(
        {
            "dataset": LEAF | maybe({"id": LEAF, "task_id": LEAF}),
            "value": LEAF,
            "date": LEAF,
            "source": maybe({"url": LEAF}),
        }
    ),
    max_size=3,
)
BENCHMARK = maybe({"evaluation_framework": LEAF, "tasks": LEAF | st.lists(LEAF | maybe({"id": LEAF}), max_size=3)})
CARDS_RESULT = maybe(
    {
        "task": LEAF,
        "dataset": LEAF | maybe({"name": LEAF}),
        "metrics": LEAF
        | st.lists(LEAF | maybe({"name": LEAF, "value": LEAF, "within": LEAF | st.lists(LEAF, max_size=2)})),
    }
)
CARDS_ENTRY = maybe(
    {
        "name": LEAF,
        "fields": LEAF | maybe({"In Collection": LEAF, "Weights": LEAF}),
        "metadata": LEAF | maybe({"FLOPs": LEAF}),
        "results": LEAF | st.lists(LEAF | CARDS_RESULT, max_size=2),
    }
)
CARDS_PART = LEAF | st.lists(LEAF | CARDS_ENTRY, max_size=2)
CARDS = maybe(
    {"cards": LEAF | st.lists(LEAF | maybe({"dialect": LEAF, "models": CARDS_PART, "collections": CARDS_PART}))}
)
TREES = {
    "model-index": INDEX,
    "metafile": INDEX,
    "huggingface": HF,
    "eval-results": EVAL,
    "benchmark": BENCHMARK,
    "cards-json": CARDS,
}


@pytest.mark.parametrize("dialect", sorted(schema_check.PARTS))
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_findings_and_never_an_exception(dialect, data):
    tree = data.draw(TREES[dialect])
    # JSON is YAML, and says without doubt what is a text; escapes keep it free of what YAML cannot have.
    text = json.dumps(tree, indent=1)
    file = Path("README.md" if dialect == "huggingface" else FILES[dialect])
    text = f"---\n{text}\n---\n" if dialect == "huggingface" else text
    index = load([file], root=Path(), dialect=dialect, contents={os.path.realpath(file): text.encode()})
    findings = check(index)
    for finding in findings:
        assert finding.message
        assert finding.location.line >= 1
        assert finding.severity in ("error", "warning", "info")
        assert "None" not in finding.message or "None" in text
    apply(findings, index.sources)
