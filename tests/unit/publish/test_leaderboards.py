"""Ranks: which direction is good, ties, and what has none."""

from collections.abc import Callable
from typing import Any

from registry.publish.content import PageContent

Contents = Callable[..., PageContent]


def ranks(content: PageContent) -> list[tuple[str, int | None]]:
    (dataset,) = content.datasets
    (board,) = dataset.boards
    return [(place.entry.name, place.rank) for place in board.places]


def test_higher_accuracy_leads_and_equal_values_share_a_rank(contents: Any) -> None:
    model = contents.model
    content = contents([model("a", "70%"), model("b", "81.2%"), model("c", "70.0%"), model("d", "60%")])
    assert ranks(content) == [("b", 1), ("a", 2), ("c", 2), ("d", 4)]


def test_a_percentage_and_a_fraction_tie(contents: Any) -> None:
    model = contents.model
    assert ranks(contents([model("a", "0.7"), model("b", "70%")])) == [("a", 1), ("b", 1)]


def test_lower_is_better_where_the_vocabulary_says_so(contents: Any) -> None:
    content = contents([contents.model("a", 9.5, metric="Perplexity"), contents.model("b", 12.0, metric="Perplexity")])
    (dataset,) = content.datasets
    assert dataset.boards[0].better == "lower"
    assert ranks(content) == [("a", 1), ("b", 2)]


def test_a_refuted_claim_has_no_rank(contents: Any) -> None:
    model = contents.model
    content = contents(
        [model("a", "99%"), model("b", "70%"), model("c", "60%")],
        {("a", "top-1-accuracy"): "refuted", ("b", "top-1-accuracy"): "reproduced"},
    )
    assert ranks(content) == [("b", 1), ("c", 2), ("a", None)]


def test_pictures_enlarged_by_different_factors_are_ranked_apart(contents: Any) -> None:
    def model(name: str, value: float, dataset: str = "Set5") -> str:
        text: str = contents.model(name, value, metric="PSNR", dataset=dataset)
        return text.replace("Image Classification", "Image Super-Resolution")

    models = [model("swinir_x2s64_8xb4", 38.4), model("EDSR-x4plus", 32.3), model("swinir_x4s64_8xb4", 32.9)]
    content = contents([*models, model("basic", 31.0), model("tdan_x4ft", 26.5, "Vid4(BIx4)")])
    boards = {(dataset.name, board.variant): board for dataset in content.datasets for board in dataset.boards}
    assert {key: [place.entry.name for place in board.places] for key, board in boards.items()} == {
        ("Set5", "x4"): ["swinir_x4s64_8xb4", "EDSR-x4plus"],
        ("Set5", "x2"): ["swinir_x2s64_8xb4"],
        ("Set5", ""): ["basic"],
        ("Vid4(BIx4)", ""): ["tdan_x4ft"],
    }


def test_nothing_is_ranked_where_the_direction_is_not_known(contents: Any) -> None:
    model = contents.model
    content = contents([model("a", 2, metric="Frobnication"), model("b", 1, metric="Frobnication")])
    assert ranks(content) == [("a", None), ("b", None)]


def test_the_words_of_a_name_rank_a_metric_that_the_vocabulary_lacks(contents: Any) -> None:
    model = contents.model
    content = contents([model("a", 2, metric="FID50k-Camera"), model("b", 1, metric="FID50k-Camera")])
    assert ranks(content) == [("b", 1), ("a", 2)]


def test_spellings_of_one_dataset_are_one(contents: Any) -> None:
    model = contents.model
    content = contents([model("a", "70%", dataset="ImageNet-1k"), model("b", "71%", dataset="imagenet")])
    assert [(dataset.name, dataset.models) for dataset in content.datasets] == [("ImageNet", 2)]


def test_leaderboards_of_one_metric_are_told_apart_by_their_task(contents: Any) -> None:
    retrieval = contents.model("b", "60%").replace("Image Classification", "Image Retrieval")
    (dataset,) = contents([contents.model("a", "70%"), retrieval]).datasets
    titles = {dataset.title(board) for board in dataset.boards}
    assert titles == {"Top 1 Accuracy, Image Classification, val", "Top 1 Accuracy, Image Retrieval, val"}
    (dataset,) = contents([contents.model("a", "70%")]).datasets
    assert dataset.title(dataset.boards[0]) == "Top 1 Accuracy, val"


def test_a_badge_ranks_among_models_of_the_same_input_and_data(contents: Any) -> None:
    facts = "  Metadata:\n    Image Size: 384\n    Training Data: ImageNet-21k\n"
    small = [contents.model(f"small{at}", f"{60 + at}%") for at in range(5)]
    large = [contents.model(f"large{at}", f"{80 + at}%").replace("  Metadata:\n", facts) for at in range(6)]
    content = contents([*small, *large])
    assert {name: (rank.text, rank.label) for name, rank in content.ranks.items() if name in ("small4", "large0")} == {
        "small4": ("1 of 5", "Top 1 Accuracy, ImageNet"),
        "large0": ("6 of 6", "Top 1 Accuracy, ImageNet, 384x384, with extra data"),
    }
