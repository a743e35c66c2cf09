"""`mir count` prints a model's numbers, and one sentence where it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.cli.count import command
from registry.types import UsageError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=False)


def test_json_holds_every_convention_and_layer() -> None:
    document = json.loads(run("registry:digits-cnn", "--format", "json").stdout)
    assert document["builder"] == "registry:digits-cnn"
    assert document["input_size"] == [1, 8, 8]
    assert document["parameters"]["all parameters"] == 25866
    assert document["counts"]["torch"]["total"] == 1203200
    assert [layer["path"] for layer in document["layers"] if layer["parameters"]] == [
        "features.0",
        "features.2",
        "features.5",
        "classifier",
    ]


def test_the_table_names_convention_unit_and_what_was_not_counted() -> None:
    output = run("torchvision:alexnet", "--input", "3x224x224", "--by-layer").stdout
    assert "714188480" in output
    assert "thop 0.0.31" in output
    assert "classifier.6" in output
    assert "Counted on 1x3x224x224, torch" in output


def test_all_conventions_are_printed_when_asked_for() -> None:
    from registry.verify.conventions import CONVENTIONS

    output = run("registry:digits-cnn", "--all-conventions").stdout
    assert all(name in output for name in CONVENTIONS)


def test_every_setting_that_verify_tries_is_counted() -> None:
    from registry.verify.conventions import variants

    document = json.loads(run("registry:digits-cnn", "--format", "json").stdout)
    assert set(document["counts"]) == {variant.label for variant in variants()}
    assert "fvcore 0.1.5, attention counted" in run("registry:digits-cnn").stdout


def test_a_detector_is_counted_with_its_boxes_and_detections() -> None:
    document = json.loads(run("torchvision:maskrcnn_resnet50_fpn_v2", "--format", "json").stdout)
    assert document["parameters"]["all parameters"] == 46359409  # torchvision's num_params
    assert document["counts"]["MACs, 1000 boxes, 100 detections"]["total"] == 333577359872  # its _ops: 333.577 G


def test_inputs_may_have_names_types_and_company(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "print('loud')\n"
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.words, self.out = nn.Embedding(50, 8), nn.Linear(8, 50)\n"
        "    def forward(self, input_ids, factor=None):\n"
        "        assert factor == 2\n"
        "        return self.out(self.words(input_ids))\n"
    )
    inputs = ["--input", "input_ids=1x16:int64", "--argument", "factor=2"]
    result = run(f"{file}:Net", *inputs, "--format", "json")
    document = json.loads(result.stdout)
    assert document["counts"]["MACs"]["total"] == 16 * 8 * 50
    assert document["input"] == "input_ids=1x16:int64, factor=2"
    assert f"running {file} to build the model" in result.stderr
    with pytest.raises(UsageError, match=r"has no 'Nett'; it has Net"):
        run(f"{file}:Nett", *inputs)


def test_a_model_of_two_pictures_is_counted() -> None:
    document = json.loads(run("torchvision:raft_small", "--input", "3x128x128", "--format", "json").stdout)
    assert document["counts"]["MACs"]["total"] > 1e9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["torchvision:nope"], "has no model 'nope'"),
        (["resnet50"], "did you mean torchvision:resnet50"),
        (["torchvison:resnet50"], "did you mean torchvision:resnet50"),
        (["torchvision:resnet18", "--input", "224"], "did you mean --input 3x224x224"),
        (["torchvision:resnet18", "--input", "1x32x32"], "did you mean --input 3x32x32"),
        (["torchvision:resnet18", "--input", "1x3x224x224"], "did you mean --input 3x224x224"),
        (["registry:digits-cnn", "--input", "big"], "must be the input's shape"),
        (["registry:digits-cnn", "--input", "3x8x8"], "does not run on 1x3x8x8"),
        (["registry:digits-cnn", "--input", "1x8x8:number"], "is no type of tensor"),
        (["registry:digits-cnn", "--argument", "8"], "must be a name and a value"),
        (["./nowhere.py:Net"], "there is no file"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run(*arguments)
