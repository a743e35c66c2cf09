from __future__ import annotations

import json
from pathlib import Path

import pytest

ALEXNET = Path(__file__).resolve().parents[3] / "models" / "alexnet.md"
CARD = """\
Models:
- Name: a
  Weights: weights/a.pth
  Metadata: {LR: 4.10, Epochs: 1_000, Parameters: 24.33M}
  Results:
  - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 56.50%, Top 5 Accuracy: 0.95%}}
- Name: b/c
  Results:
  - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 78.10}}
"""


@pytest.fixture
def card(tmp_path):
    file = tmp_path / "model.yml"
    file.write_text(CARD)
    return file


def test_one_file_goes_to_standard_output_and_losses_elsewhere(mir):
    code, out, err = mir("convert", ALEXNET, "--to", "huggingface")
    assert code == 0
    assert out.startswith("---\nmodel-index:\n- name: AlexNet\n")
    assert "alexnet.md:21:12: AlexNet: Metadata.FLOPs is lost: a Hugging Face card has no place for it\n" in err
    assert "Results[0].metrics[0].value is changed: '56.55%' is written as the number 56.55\n" in err
    assert err.endswith("19 values lost, 6 changed\n")
    assert mir("convert", ALEXNET, "--to", "huggingface", "--quiet")[2] == "19 values lost, 6 changed\n"


def test_a_card_in_its_own_format_loses_nothing(mir):
    code, out, err = mir("convert", ALEXNET, "--to", "model-index", "--strict")
    assert (code, err) == (0, "")
    assert out.endswith(ALEXNET.read_text().rpartition("-->")[2].strip() + "\n")


def test_strict_writes_nothing_where_something_is_lost(mir, tmp_path):
    code, out, err = mir("convert", ALEXNET, "--to", "model-index", "--strict", "--out", tmp_path / "a.yml")
    assert (code, out) == (1, "")
    assert "alexnet.md:1:1: the prose is lost: YAML holds only data" in err
    assert not (tmp_path / "a.yml").exists()


def test_a_file_for_each_model_needs_a_folder(mir, card, tmp_path):
    code, _, err = mir("convert", card, "--to", "huggingface")
    assert code == 2
    assert "2 files would be written; name a folder for them" in err
    card.write_text(CARD.replace("ImageNet", "{Name: ImageNet, Type: ILSVRC/imagenet-1k, Config: default}"))
    code, _, err = mir("convert", card, "--to", "eval-results", "--out", tmp_path / "out")
    assert code == 0
    assert sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.yaml")) == [
        "a/.eval_results/results.yaml",
        "b-c/.eval_results/results.yaml",
    ]
    assert "b/c: Name is changed: the file does not name the model, its folder does: 'b-c'" in err


def test_no_benchmark_is_made_up(mir, card, tmp_path):
    code, out, err = mir("convert", card, "--to", "eval-results")
    assert (code, out) == (0, "")
    message = "a benchmark is known by its repository on the Hub, owner/name, and the card says 'ImageNet'"
    assert err.count(message) == 2


def test_numbers_keep_their_digits(mir, card, tmp_path):
    _, out, _ = mir("convert", card, "--to", "model-index")
    assert "LR: 4.10\n" in out
    assert "Epochs: 1_000\n" in out
    assert "Top 1 Accuracy: 56.50%\n" in out
    code, out, err = mir("convert", card, "--to", "json")
    assert code == 0
    assert '"LR": 4.10,' in out
    assert json.loads(out)["cards"][0]["models"][0]["metadata"]["Epochs"] == 1000
    assert err.splitlines() == [
        f"{card}:4:32: a: Metadata.Epochs is changed: '1_000' is written as the number 1000",
        "0 values lost, 1 changed",
    ]
    mir("convert", card, "--to", "huggingface", "--out", tmp_path / "out")
    text = (tmp_path / "out" / "a" / "README.md").read_text()
    assert "value: 56.50\n" in text
    assert "value: 0.0095\n" in text
    assert "value: 78.10\n" in (tmp_path / "out" / "b-c" / "README.md").read_text()


def test_the_form_of_model_index_follows_the_file(mir, card, tmp_path):
    for name, start in (("a.yml", "Models:"), ("a.json", "{"), ("a.md", "<!--\nType: model-index\n")):
        assert mir("convert", card, "--to", "model-index", "--out", tmp_path / name)[0] == 0
        assert (tmp_path / name).read_text().startswith(start)


def test_a_table_holds_no_formula(mir, tmp_path):
    file = tmp_path / "model.yml"
    file.write_text("Models:\n- Name: =HYPERLINK(0)\n  Metadata: {Momentum: -0.9}\n")
    code, out, err = mir("convert", file, "--to", "csv")
    assert code == 0
    assert out.splitlines()[1].startswith("'=HYPERLINK(0),,metadata,Momentum,-0.9,")
    assert "would run its model as a formula" in err


def test_nothing_to_convert(mir, tmp_path):
    (tmp_path / "model.yml").write_text("a: 1\n")
    code, _, err = mir("convert", tmp_path, "--to", "json")
    assert code == 2
    assert "there is no model to convert" in err


def test_hostile_text_does_not_reach_the_terminal(mir, tmp_path):
    file = tmp_path / "model.yml"
    file.write_text('Models:\n- Name: "\\x1b[31mx"\n  Weights: y\n')
    _, _, err = mir("convert", file, "--to", "huggingface", "--out", tmp_path / "out")
    assert "\x1b" not in err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["--31mx"]


def test_paths_that_would_mean_another_file_are_named(mir, tmp_path):
    card = tmp_path / "configs" / "a" / "metafile.yml"
    card.parent.mkdir(parents=True)
    card.write_text("Models:\n- Name: a\n  Config: configs/a/a.py\n")
    (tmp_path / "model-index.yml").write_text("Import: [configs/a/metafile.yml]\n")
    _, _, err = mir("convert", card, "--to", "model-index")
    assert "the meaning of relative paths is changed: they start from the folder of the index there" in err
    assert mir("convert", card, "--to", "metafile")[2] == ""


def test_a_result_without_a_value_is_not_for_the_hub(mir, tmp_path):
    file = tmp_path / "model.yml"
    file.write_text(
        "Models:\n- Name: a\n  Results:\n"
        "  - {Task: t, Dataset: d, Metrics: {x: null, y: 2}}\n  - {Task: u, Dataset: d, Metrics: {x: null}}\n"
    )
    text = file.read_text()
    for to, dataset in (("huggingface", "d"), ("eval-results", "{Name: o/d, Config: c}")):
        file.write_text(text.replace("Dataset: d", f"Dataset: {dataset}"))
        _, out, err = mir("convert", file, "--to", to)
        assert "a: Results[0].metrics[0] is lost: it has no value\n" in err
        assert "a: Results[1] is lost: it has no value\n" in err
        assert out.count("value:") == 1
