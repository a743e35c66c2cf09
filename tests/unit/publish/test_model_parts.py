"""Pieces of a model's page: lines to copy, layers, facts, numbers."""

import ast
import json
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from registry import numbers
from registry.loader import load
from registry.publish import snippets, vega
from registry.publish.content import gather
from registry.publish.headlines import by_task
from registry.publish.layer_shares import layers
from registry.publish.links import Links
from registry.publish.material import Material
from registry.publish.model_table import model_table
from registry.publish.papers import references
from registry.publish.plot import plot
from registry.publish.texts import text_of
from registry.publish.ways import convention_of
from registry.types import Claim, Location, Quantity

BIBTEX = "# A\n\n```BibTeX\n@article{a,\n  title = {B}\n}\n```\n"


def with_field(model: str, field: str, value: str) -> str:
    return model.replace("  In Collection: Family\n", f"  In Collection: Family\n  {field}: {value}\n")


@pytest.mark.parametrize(
    ("builder", "weights", "lines"),
    [
        ("timm:resnet50", None, ["import timm", 'timm.create_model("resnet50")']),
        (
            "torchvision:alexnet.IMAGENET1K_V1",
            "https://h/w.pth",
            ['get_model("alexnet")', 'url = "https://h/w.pth"'],
        ),
        ("registry:digits-cnn", "a.safetensors", ['target("registry:digits-cnn")', 'load_file("a.safetensors")']),
        ("timm:x", "javascript:1", ['create_model("x")']),
    ],
)
def test_a_model_is_loaded_from_its_builder(contents: Any, builder: str, weights: str | None, lines: list[str]) -> None:
    card = with_field(contents.model("a", "70%"), "Builder", builder)
    (entry,) = contents([with_field(card, "Weights", weights) if weights else card]).catalog.entries
    code = snippets.load(entry)
    assert code is not None
    ast.parse(code)
    assert all(line in code for line in lines), code


def test_the_builder_that_verifying_found_is_used(contents: Any) -> None:
    content = contents([contents.model("a", "70%")], {("a", "parameters"): "reproduced"}, builder="timm:resnet50")
    assert snippets.builder(content.catalog.entries[0]) == "timm:resnet50"


@pytest.mark.parametrize("builder", ['"timm:x\'); import os #"', "timm", '"timm:x y"'])
def test_what_is_no_builder_makes_no_code(contents: Any, builder: str) -> None:
    (entry,) = contents([with_field(contents.model("a", "70%"), "Builder", builder)]).catalog.entries
    assert snippets.load(entry) is None


def test_the_command_names_the_model_where_the_card_has_several(contents: Any) -> None:
    evil = contents.model('"$(id) `x`; y"', "70%")
    one, two = contents([evil, contents.model("b", "71%")]).catalog.entries
    assert shlex.split(snippets.verify(one)) == ["mir", "verify", "card.md", "--model", "$(id) `x`; y"]
    assert shlex.split(snippets.verify(two))[-1] == "b"


def test_the_citation_is_the_cards_own_or_made_from_its_paper(contents: Any) -> None:
    (entry,) = contents([with_field(contents.model("a", "70%"), "Paper", "1512.03385")]).catalog.entries
    assert snippets.citation(entry, (), BIBTEX, "", "") == "@article{a,\n  title = {B}\n}"
    papers = tuple(references({"Title": "Deep {Residual} Learning", "URL": "https://arxiv.org/abs/1512.03385"}))
    entry_text = snippets.citation(entry, papers, "# A\n", "2015-12", "")
    assert entry_text.startswith("@misc{deep-residual-learning,")
    for line in (
        "{Deep Residual Learning}",
        "eprint        = {1512.03385}",
        "{2015}",
        "{https://arxiv.org/abs/1512.03385}",
    ):
        assert line in entry_text
    alone = snippets.citation(entry, (), "", "", "https://example.org/models/a.html")
    assert "{a}" in alone
    assert "{https://example.org/models/a.html}" in alone
    assert "{Model card}" in alone


def test_a_card_without_prose_shows_its_readme(contents: Any, tmp_path: Path) -> None:
    card = with_field(contents.model("a", "70%"), "README", "docs/README.md")
    (tmp_path / "cards" / "docs").mkdir(parents=True)
    (tmp_path / "cards" / "docs" / "README.md").write_text("# Read me\n\n![x](x.png)\n")
    content = contents([card])
    text = text_of(content.catalog.entries[0], content.attachments)
    assert text is not None
    assert (text.text.splitlines()[0], text.base.name) == ("# Read me", "docs")
    outside = contents([with_field(contents.model("a", "70%"), "README", "../../etc/README.md")])
    assert text_of(outside.catalog.entries[0], outside.attachments) is None


def test_layers_are_grouped_until_they_can_be_read(contents: Any) -> None:
    by_layer = {f"stage{at // 30}.{at}.conv": at + 1 for at in range(120)} | {"head": 5}
    content = contents(
        [contents.model("a", "70%")],
        {("a", "parameters"): "reproduced"},
        by_layer=[[*pair] for pair in by_layer.items()],
    )
    rows = layers(content.catalog.entries[0])
    assert [layer.name for layer in rows] == ["stage0", "stage1", "stage2", "stage3", "head"]
    assert sum(layer.counts["parameters"] for layer in rows) == sum(by_layer.values())
    assert sum(layer.shares["parameters"] for layer in rows) == pytest.approx(1)


def test_the_front_is_what_nothing_beats(contents: Any) -> None:
    drawn = [(f"m{at}", 50 + (at * 37) % 41, 1000 * (1 + (at * 13) % 17)) for at in range(40)]
    content = contents([contents.model(name, f"{top}%", parameters=size) for name, top, size in drawn])
    drawing = plot(content, Links())
    assert drawing is not None
    best: dict[int, int] = {}
    for _, top, size in drawn:
        best[size] = max(top, best.get(size, 0))
    # By definition: no other model costs no more and is better, or costs less and is as good.
    expected = {(size, top) for size, top in best.items() if not any((s < size and t >= top) for s, t in best.items())}
    points = {(int(dot.x), round(dot.y * 100)) for dot in drawing.front}
    assert points == expected
    assert "<svg" in vega.drawing(drawing.drawn)


def test_a_picture_s_time_on_a_machine_is_of_the_quickest_batch(contents: Any) -> None:
    def timed(name: str, *rates: str) -> str:
        rows = [
            f"{{value: {rate}, hardware: GPU {gpu}, mode: AMP, batch size: {batch}}}"
            for rate, gpu, batch in (rate_text.split() for rate_text in rates)
        ]
        lines = f"    Throughput (images/s): [{', '.join(rows)}]\n    Parameters"
        return contents.model(name, "70%").replace("    Parameters", lines)

    drawing = plot(contents([timed("a", "100 X 1", "400 X 64", "3 Y 1"), timed("b", "50 X 1")]), Links())
    assert drawing is not None
    keys = {label: key for key, label in drawing.costs}
    assert "Seconds a picture, GPU X, AMP" in keys
    assert "Seconds a picture, GPU Y, AMP" not in keys, "one model alone was timed on it"
    key = keys["Seconds a picture, GPU X, AMP"]
    data = json.loads(drawing.script.removeprefix("window.mirPlot = ").removesuffix(";\n"))
    assert {row["name"]: row[key][0] for row in data["models"]} == {"a": 0.0025, "b": 0.02}


def test_the_first_board_of_every_data_set_stands_before_any_second(contents: Any) -> None:
    second = "      Top 5 Accuracy: 90%\n"
    models = [
        contents.model(name, "70%", dataset=data) + second for data in ("ImageNet", "ImageNet-V2") for name in "ab"
    ]
    (boards,) = by_task(contents(models).datasets).values()
    assert [headline.label for headline in boards] == [
        "Top 1 Accuracy, ImageNet",
        "Top 1 Accuracy, ImageNet-V2",
        "Top 5 Accuracy, ImageNet",
        "Top 5 Accuracy, ImageNet-V2",
    ]


def test_too_few_models_make_no_plot(contents: Any) -> None:
    assert plot(contents([contents.model("a", "70%")]), Links()) is None


def claim(text: str, kind: Any) -> Claim:
    return Claim(
        model="m", subject="s", label="l", kind=kind, reported=Quantity.parse(text, kind), location=Location(file="f")
    )


@pytest.mark.parametrize(
    ("measured", "text", "kind", "expected"),
    [
        (0.56522, "56.55%", "ratio", "56.522%"),
        (0.56522, "0.5655", "ratio", "0.56522"),
        (61100840, "61.1M", "count", "61100840"),
        (104104, "104 kB", "bytes", "104104 B"),
        (61100840, "61100840", "count", "61100840"),
        (0.975, "97.50%", "ratio", "97.50%"),
        (0.5, "50%", "ratio", "50%"),
        (1.0, "100.00%", "ratio", "100.00%"),
    ],
)
def test_a_measurement_is_printed_like_its_claim(measured: float, text: str, kind: Any, expected: str) -> None:
    assert numbers.beside(measured, claim(text, kind).reported, kind) == expected


def test_short_numbers_keep_three_digits() -> None:
    assert [numbers.short(Decimal(n), "count") for n in (999, 1000, 1234567, 99_950_000, 10**12)] == [
        "999",
        "1 k",
        "1.23 M",
        "100 M",
        "1 T",
    ]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("2 x thop 0.0.31, 224x224", "thop 0.0.31"),
        ("torch, 1x8x8", "torch"),
        ("fvcore 0.1.5, attention counted, 224x224", "fvcore 0.1.5"),
        ("all parameters", None),
        (None, None),
    ],
)
def test_a_measurement_leads_to_its_convention(label: str | None, name: str | None) -> None:
    convention = convention_of(label)
    assert (convention.name if convention else None) == name


def test_a_card_of_the_hub_without_results_has_the_task_that_it_names(tmp_path: Path) -> None:
    card = "---\npipeline_tag: {task}\nlicense: mit\nlibrary_name: transformers\n---\n# Text\n"
    for name, task in {"heard": "automatic-speech-recognition", "other": "no-such-task"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.md").write_text(card.format(task=task), encoding="utf-8")
    index = load([tmp_path], root=tmp_path)
    content = gather(Material(index=index))
    tasks = {entry.name: content.measured_on[entry.slug].tasks for entry in content.catalog.entries}
    assert tasks == {"heard": ("Speech Recognition",), "other": ("No Such Task",)}
    keys = [
        column.key
        for column in model_table(content, content.catalog.entries, id="models", caption="Models").columns
        if not column.folded
    ]
    assert keys == ["model", "task", "licence", "library"]
