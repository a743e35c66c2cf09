"""`mir count` prints a model's numbers, and one sentence where it cannot."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from registry.cli.count import command
from registry.types import UsageError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=False)


def test_json_holds_every_convention_and_layer() -> None:
    said = json.loads(run("registry:digits-cnn", "--format", "json").stdout)
    assert said["builder"] == "registry:digits-cnn"
    assert said["input_size"] == [1, 8, 8]
    assert said["parameters"]["all parameters"] == 25866
    assert said["counts"]["torch"]["total"] == 1203200
    assert [layer["path"] for layer in said["layers"] if layer["parameters"]] == [
        "features.0",
        "features.2",
        "features.5",
        "classifier",
    ]


def test_the_table_names_convention_unit_and_what_was_not_counted() -> None:
    said = run("torchvision:alexnet", "--input", "3x224x224", "--by-layer").stdout
    assert "714188480" in said
    assert "thop 0.0.31" in said
    assert "classifier.6" in said
    assert "counted on 1x3x224x224, torch" in said


def test_all_conventions_are_printed_when_asked_for() -> None:
    from registry.verify.conventions import CONVENTIONS

    said = run("registry:digits-cnn", "--all-conventions").stdout
    assert all(name in said for name in CONVENTIONS)


def test_a_detector_has_parameters_and_says_why_it_has_no_flops() -> None:
    said = run("torchvision:fasterrcnn_resnet50_fpn").stdout
    assert "41755286" in said  # torchvision's num_params
    assert "FLOPs are not counted: what a detector computes depends on the picture" in said


def test_a_model_of_two_pictures_is_counted() -> None:
    said = json.loads(run("torchvision:raft_small", "--input", "3x128x128", "--format", "json").stdout)
    assert said["counts"]["MACs"]["total"] > 1e9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["torchvision:nope"], "has no model 'nope'"),
        (["resnet50"], "names no builder"),
        (["registry:digits-cnn", "--input", "big"], "must be the input's shape"),
        (["registry:digits-cnn", "--input", "3x8x8"], "does not run on 1x3x8x8"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run(*arguments)
