"""What the pages' two examples do not show of a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry
from registry.config import Config
from tests.unit.checks.short_cards import accuracy, models, rules


def write(folder: Path, files: dict[str, str]) -> Path:
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_readme_may_be_named_from_the_index_or_from_the_card(tmp_path):
    card = "Collections:\n- {Name: A, README: docs/a.md}\n- {Name: B, README: b.md}\n"
    card += models("Name: m, In Collection: A")
    files = {"model-index.yml": "Import: docs/*.yml\n", "docs/z.yml": card, "docs/a.md": "A", "docs/b.md": "B"}
    assert rules(registry.check(write(tmp_path, files)), "MIR402") == []


def test_some_missing_files_are_errors_each(tmp_path):
    text = models(*(f"Name: m{number}, Config: {number}.py" for number in range(6)))
    findings = registry.check(write(tmp_path, {"model-index.yml": text, "0.py": ""}))
    assert [finding.severity for finding in findings if finding.rule == "MIR402"] == ["error"] * 5


def test_many_files_of_which_none_is_here_are_one_remark(tmp_path):
    text = models(*(f"Name: m{number}, Config: {number}.py" for number in range(6)))
    findings = registry.check(write(tmp_path, {"model-index.yml": text}))
    assert [finding.severity for finding in findings if finding.rule == "MIR402"] == ["info"]


@pytest.mark.parametrize(("other", "severity"), [("b/README.md", "error"), ("b/c.py", "info")])
def test_a_readme_that_a_package_leaves_out_is_a_remark(tmp_path, other, severity):
    text = models("Name: m, README: a/README.md, Config: 0.py")
    findings = registry.check(write(tmp_path, {"model-index.yml": text, "0.py": "", other: ""}))
    assert [finding.severity for finding in findings if finding.rule == "MIR402"] == [severity]


def test_a_file_of_metadata_is_looked_at_like_a_card(tmp_path):
    metadata = "FLOPs: -3  # mir: ignore[MIR202]\nParameters: -3\nTraining Log: javascript:alert(1)\nEpochs:\n"
    files = {"model-index.yml": models("Name: a, Metadata: a.yml", "Name: b, Metadata: a.yml"), "a.yml": metadata}
    findings = registry.check(write(tmp_path, files))
    places = [(finding.rule, Path(finding.location.file).name, finding.location.line) for finding in findings]
    assert places == [("MIR202", "a.yml", 2), ("MIR601", "a.yml", 3), ("MIR104", "a.yml", 4)]


@pytest.mark.parametrize("value", ["https://a.org/x.md", "The model, in words.", "a.md is described\\nhere.md"])
def test_what_is_no_path(check_text, value):
    assert rules(check_text(models(f'Name: a, README: "{value}"')), "MIR402") == []


def test_two_zoos_may_each_have_an_alexnet(tmp_path):
    zoo = {"model-index.yml": "Import: cards/*.yml\n", "cards/a.yml": models("Name: AlexNet")}
    files = {f"{name}/{file}": text for name in ("one", "two") for file, text in zoo.items()}
    assert rules(registry.check(write(tmp_path, files))) == []
    (tmp_path / "one/cards/b.yml").write_text(models("Name: AlexNet", "Name: ALEXNET"))
    assert rules(registry.check(tmp_path)) == ["MIR305", "MIR505"]


def test_the_model_that_the_file_is_not_named_after_is_blamed(check_text):
    line = "Name: %s, Weights: https://x.org/resnet50-cf984f9c.pth, Metadata: {Parameters: %s}"
    lines = [line % ("resnet18", "11689512"), line % ("resnet50", "25557032")]
    (finding,) = check_text(models(*lines))
    assert (finding.rule, finding.location.line) == ("MIR306", 2)


def test_one_data_set_under_two_names_is_one(check_text):
    twice = f"Name: x, {accuracy('76.1')[:-1]}, {accuracy('76.2', 'ImageNet-1k')[len('Results: [') :]}"
    assert rules(check_text(models(twice)), "MIR308") == ["MIR308"]


def test_http_is_named_only_where_https_is_known(check_text):
    text = models("Name: a, Weights: http://zoo.example.org/a-0a1b2c3d.pth")
    assert rules(check_text(text)) == []
    assert rules(check_text(text + "- {Name: b, Code: https://zoo.example.org/b}\n")) == ["MIR405"]


def test_a_project_may_prefer_another_spelling(check_text, tmp_path):
    words = tmp_path / "words.toml"
    words.write_text('[datasets]\nImageNet-1k = {aliases = ["ImageNet"]}\n')
    text = models(f"Name: a, {accuracy('76.1', 'ImageNet-1k')}")
    assert rules(check_text(text)) == ["MIR501"]
    assert rules(check_text(text, vocabulary=(str(words),))) == []
    assert rules(registry.check(write(tmp_path / "x", {"a.yml": text}) / "a.yml", config=Config())) == ["MIR501"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Weights: https://downlaod.openmmlab.com/a/a_1x_20210101-0123abcd.pth", "MIR414"),
        ("Weights: https://example.org/a.pthhttps://example.org/a.pth", "MIR404"),
        ("Weights: https://example.org/a.log", "MIR411"),
        ("Weights: https://download.openmmlab.com/a/a_1x_20210101-0123abcd", "MIR411"),
        ("Metadata: {Epochs: many}", "MIR208"),
        ("Metadata: {Training Memory (GB): -3.2}", "MIR208"),
        ("Metadata: {Training Memory (GB): 7300}", "MIR208"),
        ("Results: [{Task: Semantic Segmentation, Dataset: ADE20K, Metrics: {mloU: 44.1}}]", "MIR504"),
        ("Results: [{Task: Semantic Segmentation, Dataset: ADE2OK, Metrics: {mIoU: 44.1}}]", "MIR504"),
    ],
)
def test_one_slip_in_a_model(check_text, line, rule):
    ids = [finding.rule for finding in check_text(f"Models:\n- Name: a\n  {line}\n") if finding.severity != "info"]
    assert ids == [rule]


def test_an_archive_has_its_address_within(check_text):
    findings = check_text("Models:\n- Name: a\n  Code: https://web.archive.org/web/2020/https://example.org/a\n")
    assert findings == []


def test_weights_of_models_that_were_trained_on_other_data(check_text):
    model = (
        "- {{Name: {0}, Weights: https://example.org/m-01234567.pth, Config: https://example.org/{0}.py,"
        " Metadata: {{Training Data: {1}}}}}\n"
    )
    same = check_text("Models:\n" + model.format("a", "COCO") + model.format("b", "COCO"))
    other = check_text("Models:\n" + model.format("a", "COCO") + model.format("b", "OCHuman"))
    assert [finding.rule for finding in same] == []
    assert [finding.rule for finding in other] == ["MIR306"]


def test_what_a_model_repeats_for_one_cause_is_said_once(check_text):
    result = "  - {{Task: Super Resolution, Dataset: Set5, Metrics: {{PSNR: {0}.5}}}}\n"
    text = "Models:\n- Name: a\n  Results:\n" + "".join(result.format(number) for number in range(20, 29))
    assert [(finding.rule, finding.location.line, len(finding.related)) for finding in check_text(text)] == [
        ("MIR308", 5, 8)
    ]


def test_a_key_that_all_results_of_a_file_lack_is_said_once(check_text):
    text = "Models:\n" + "".join(f"- Name: a{n}\n  Results: [{{Dataset: D, Metrics: {{X: 1}}}}]\n" for n in range(5))
    assert [(finding.rule, len(finding.related)) for finding in check_text(text)] == [("MIR101", 4)]


def test_models_whose_weights_are_a_word_for_nothing_share_none(check_text):
    model = "- {{Name: {0}, Weights: none, Metadata: {{Training Data: {1}}}}}\n"
    findings = check_text("Models:\n" + model.format("a", "COCO") + model.format("b", "OCHuman"))
    assert [finding.rule for finding in findings] == ["MIR105", "MIR105"]


@pytest.mark.parametrize(
    ("weights", "severities"),
    [("a.safetensors", []), ("a.safetensor", ["warning"]), ("work_dirs/iter_40000.pth", ["info"]), ("none", [])],
)
def test_weights_that_are_not_here(tmp_path, weights, severities):
    text = f"Models:\n- Name: a\n  Weights: {weights}\n"
    write(tmp_path, {"model-index.yml": text, "a.safetensors": ""})
    assert [finding.severity for finding in registry.check(tmp_path) if finding.rule == "MIR402"] == severities


def test_scores_under_different_headings_are_not_compared(tmp_path):
    nested = "val: {Top 1 Accuracy: 70.1, Top 5 Accuracy: 90.2}, real: {Top 1 Accuracy: 91.3, Top 5 Accuracy: 97.4}"
    text = models(f"Name: a, Results: [{{Task: Image Classification, Dataset: ImageNet, Metrics: {{{nested}}}}}]")
    assert rules(registry.check(write(tmp_path, {"a.yml": text})), "MIR207", "MIR206") == []
    swapped = text.replace("Top 5 Accuracy: 90.2", "Top 5 Accuracy: 60.2")
    assert rules(registry.check(write(tmp_path, {"a.yml": swapped})), "MIR207") == ["MIR207"]


def test_each_collection_of_a_list_is_used_and_looked_up(tmp_path):
    text = "Collections:\n- {Name: A}\n- {Name: B}\n" + models("Name: m, In Collection: [A, B]")
    assert rules(registry.check(write(tmp_path, {"a.yml": text})), "MIR310", "MIR401") == []
    text += "- {Name: n, In Collection: [A, Cee]}\n"
    [match] = [finding for finding in registry.check(write(tmp_path, {"a.yml": text})) if finding.rule == "MIR401"]
    assert "'Cee'" in match.message


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("https://models.zoo.example.org/b.pth", ["MIR405"]),
        ("https://models.zoo.example.org.uk/b.pth", []),
        ("https://models.zoo.example.org:8443/b.pth", []),
    ],
)
def test_only_the_very_host_says_that_it_serves_https(tmp_path, other, expected):
    text = models("Name: m, Weights: http://models.zoo.example.org/a.pth", f"Name: n, Weights: {other}")
    assert rules(registry.check(write(tmp_path, {"a.yml": text})), "MIR405") == expected


def test_models_of_two_zoos_are_no_siblings(tmp_path):
    card = "Collections: [{Name: Base}]\n" + models(
        "Name: small, In Collection: Base, Metadata: {Parameters: %d, FLOPs: %d}",
        "Name: large, In Collection: Base, Metadata: {Parameters: %d, FLOPs: %d}",
    )
    files = {"a/model-index.yml": "Import: [m.yml]\n", "b/model-index.yml": "Import: [m.yml]\n"}
    files["a/m.yml"] = card % (1_100_000, 20_000_000, 5_100_000, 120_000_000)
    files["b/m.yml"] = card % (22_100_000, 4_600_000_000, 304_000_000, 61_600_000_000)
    assert registry.check(write(tmp_path, files)) == []
    files = {"model-index.yml": "Import: ['*/m.yml']\n", **{name: files[name] for name in ("a/m.yml", "b/m.yml")}}
    assert "MIR302" in rules(registry.check(write(tmp_path / "one", files)))
