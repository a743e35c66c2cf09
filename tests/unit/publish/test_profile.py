"""What stands beside results: one unit, input, data, date; and that nothing unlike shares a leaderboard."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from registry.publish.claims import CARD_ONLY, measured_by
from registry.publish.links import Links
from registry.publish.model_columns import circumstances, costs
from registry.publish.pages.boards import board_table
from registry.publish.profile import Profile
from registry.publish.structured import of_entry
from registry.publish.texts import added

COUNTS = [["MACs", 714188480, "MACs"], ["torch", 1428376960, "FLOPs"]]


def with_metadata(model: str, **fields: object) -> str:
    lines = "".join(f"    {name.replace('_', ' ')}: {value}\n" for name, value in fields.items())
    return model.replace("  Metadata:\n", f"  Metadata:\n{lines}")


def profile_of(contents: Any, model: str, *verdicts: str, text: str = "", **details: object) -> Profile:
    content = contents([model], {("a", subject): "reproduced" for subject in verdicts}, text, **details)
    return next(iter(content.profiles.values()))


def test_operations_are_those_that_were_counted_and_not_those_of_the_card(contents: Any) -> None:
    model = with_metadata(contents.model("a", "70%"), FLOPs="1.43 G")
    assert profile_of(contents, model).macs is None
    counted = profile_of(contents, model, "flops", conventions=COUNTS, input=[3, 224, 224])
    assert (counted.macs, counted.size, counted.pixels) == (714188480, "224x224", 224 * 224)


@pytest.mark.parametrize(
    ("value", "size"),
    [("224", "224x224"), ("3x288x384", "288x384"), ("[16, 112, 112]", "16x112x112"), ("large", ""), ("'0'", "")],
)
def test_the_input_is_the_cards_where_nothing_was_counted(contents: Any, value: str, size: str) -> None:
    assert profile_of(contents, with_metadata(contents.model("a", "70%"), Image_Size=value)).size == size


@pytest.mark.parametrize(
    ("name", "size"), [("swin-base_in1k-384px", "384x384"), ("vit-p16_in1k", ""), ("a1024pxl", "")]
)
def test_the_input_may_stand_in_the_name(contents: Any, name: str, size: str) -> None:
    assert profile_of(contents, contents.model(name, "70%")).size == size


def test_data_beyond_the_tested_set_is_extra(contents: Any) -> None:
    model = with_metadata(contents.model("a.swag_in1k", "70%"), Training_Data="[ImageNet-1k, ImageNet-21k]")
    profile = next(iter(contents([model]).profiles.values()))
    assert profile.extra_data("ImageNet") == ("ImageNet-21k", "Instagram")
    assert profile.extra_data("ImageNet-21k") == ("ImageNet-1k", "Instagram")


@pytest.mark.parametrize(
    ("field", "value", "text", "date"),
    [
        ("Paper", "https://arxiv.org/abs/1512.03385", "", "2015-12"),
        ("Year", "2019", "", "2019"),
        ("ID", "x", "```bibtex\n@article{a,\n  year = {2017}\n}\n```", "2017"),
        ("ID", "x", "year = 2017\nyear = 2018", ""),
    ],
)
def test_the_date_is_the_cards_or_its_papers(contents: Any, field: str, value: str, text: str, date: str) -> None:
    model = contents.model("a", "70%")
    model = (
        model.replace("  Metadata:", f"  {field}: {value}\n  Metadata:")
        if field == "Paper"
        else with_metadata(model, **{field: value})
    )
    assert profile_of(contents, model, text=text).date == date


def test_persons_alone_are_another_subset(contents: Any) -> None:
    boxes = contents.model("a", "50%", metric="box AP", dataset="COCO val2017").replace(
        "Image Classification", "Object Detection"
    )
    persons = (
        boxes.replace("Name: a", "Name: b")
        + contents.model("b", "60%", metric="keypoint AP", dataset="COCO").partition("  Results:\n")[2]
    )
    (dataset,) = contents([boxes, persons]).datasets
    assert dataset.name == "COCO"
    assert {(board.metric, board.variant, len(board.places)) for board in dataset.boards} == {
        ("box AP", "val", 1),
        ("box AP", "val, persons only", 1),
        ("keypoint AP", "val", 1),
    }
    assert all(board.better == "higher" for board in dataset.boards)


def test_who_measured_stands_apart(contents: Any) -> None:
    models = [contents.model("a", "70%"), contents.model("b", "71%"), contents.model("c", "72%")]
    content = contents(models, {("a", "top-1-accuracy"): "reproduced"})
    (dataset,) = content.datasets
    (board,) = dataset.boards
    assert [measured_by(place.shown) for place in board.places] == [CARD_ONLY, CARD_ONLY, "mir"]
    table = board_table(content, dataset, board)
    assert "by" in [column.key for column in table.columns]
    # Where nobody measured anything, a column that says so thirty times is left out.
    alone = contents(models)
    (dataset,) = alone.datasets
    assert "by" not in [column.key for column in board_table(alone, dataset, dataset.boards[0]).columns]


def test_no_column_mixes_units(contents: Any) -> None:
    content = contents([with_metadata(contents.model("a", "70%"), FLOPs="1.43 G")])
    ranged = [
        filler.column
        for filler in (*costs(), *circumstances(content, content.catalog.entries))
        if filler.column.filter == "range"
    ]
    assert {column.key for column in ranged} == {"parameters", "macs"}


def test_a_card_was_added_when_its_file_first_came_into_git(tmp_path: Path) -> None:
    def run(*arguments: str, day: str = "2020-01-01") -> None:
        when = {f"GIT_{who}_DATE": f"{day}T12:00:00Z" for who in ("AUTHOR", "COMMITTER")}
        names = {f"GIT_{who}_{part}": "a@b.org" for who in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        subprocess.run(["git", "-C", str(tmp_path), *arguments], env={**os.environ, **when, **names}, check=True)

    cards = tmp_path / "models"
    cards.mkdir()
    assert added(cards) == {}
    run("init", "--quiet")
    for day, name in (("2019-03-04", "\u6a21\u578b.md"), ("2021-05-06", "b.md"), ("2022-07-08", "\u6a21\u578b.md")):
        (cards / name).write_text(day)
        run("add", "-A", day=day)
        run("commit", "--quiet", "-m", name, day=day)
    assert added(cards) == {"\u6a21\u578b.md": "2019-03", "b.md": "2021-05"}


@pytest.mark.parametrize("value", ["https://example.org/net.py", "{URL: https://example.org/net.py, Version: v1}"])
@pytest.mark.parametrize("key", ["Code", "Repository"])
def test_code_is_named_to_search_engines_however_the_card_says_it(contents: Any, key: str, value: str) -> None:
    content = contents([with_metadata(contents.model("a", "70%"), **{key: value})])
    (entry,) = content.catalog.entries
    assert content.profiles["a"].code == "https://example.org/net.py"
    assert '"codeRepository": "https://example.org/net.py"' in of_entry(content, Links(), entry)
