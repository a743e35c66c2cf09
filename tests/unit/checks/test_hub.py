"""What the pages' examples do not show of the rules about the Hub's cards."""

from __future__ import annotations

import json
import os
import struct

import pytest

from registry.checks import check
from registry.checks.fixes import apply
from registry.loader import load


def card(folder, front, name="README.md"):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\n{front}\n---\n", encoding="utf-8")
    index = load([file])
    findings = check(index)
    repaired = apply(findings, index.sources)
    return findings, repaired.get(str(file), file.read_text()).removeprefix("---\n").removesuffix("\n---\n")


def said(findings):
    return [(finding.rule, finding.severity) for finding in findings]


@pytest.mark.parametrize(
    ("front", "rule", "severity", "after"),
    [
        ("license: [apache-2.0, gpl3]", "MIR702", "error", "license: [apache-2.0, gpl-3.0]"),
        ("license: CC BY-NC 4.0", "MIR702", "error", "license: cc-by-nc-4.0"),
        ("license: Llama 3.1 Community License", "MIR702", "error", "license: llama3.1"),
        ("license: agpl-3.0-or-later", "MIR702", "error", None),
        ("license: cc-by-nc", "MIR702", "error", None),
        ("license: MIT OR Apache-2.0", "MIR702", "error", None),
        ("license: none", "MIR702", "error", None),
        ("license: other\nlicense_name: mine", "MIR703", "info", None),
        ("license: other\nlicense_link: LICENSE", "MIR703", "warning", None),
        ("license: other\nlicense_name: My own licence\nlicense_link: LICENSE", "MIR703", "warning", None),
        ("language: pt_BR", "MIR704", "error", "language_bcp47:\n- pt-BR\nlanguage: pt"),
        ("language:\n- en\n- zh-CN", "MIR704", "error", "language_bcp47:\n- zh-CN\nlanguage:\n- en\n- zh"),
        ("language: zh-CN\nlanguage_bcp47: [zh-CN]", "MIR704", "error", None),
        ("language: en_unnorm", "MIR704", "error", None),
        ("language: German", "MIR704", "error", "language: de"),
        ("language: EN", "MIR704", "error", "language: en"),
        ("language: [jp]", "MIR704", "error", "language: [ja]"),
        ("language: en/fr", "MIR704", "error", "language: [en, fr]"),
        ("language: noinfo", "MIR704", "error", None),
        ("language: jw", "MIR704", "info", None),
        ("base_model: hf.co/google/t5-small", "MIR705", "error", "base_model: google/t5-small"),
        (
            "base_model: https://huggingface.co/google/t5-small/tree/main",
            "MIR705",
            "error",
            "base_model: google/t5-small",
        ),
        ("base_model: https://huggingface.co/datasets/imdb", "MIR705", "error", None),
        ("base_model: ['C:\\models\\llama']", "MIR705", "error", None),
        ("base_model: runs/checkpoint-500", "MIR705", "warning", None),
        ("datasets: imdb, glue", "MIR705", "error", None),
        ("datasets: [librispeech 960h]", "MIR705", "error", None),
        ("datasets: [VoxPopuli-(EN)]", "MIR705", "warning", None),
        ("base_model: ORIGINAL_REPO_NAME", "MIR105", "warning", None),
        (
            "base_model: a/b\nbase_model_relation: LoRA",
            "MIR706",
            "error",
            "base_model: a/b\nbase_model_relation: adapter",
        ),
        ("base_model_relation: merge", "MIR706", "warning", None),
        ("pipeline_tag: ASR", "MIR506", "warning", None),
        ("pipeline_tag: text_generation", "MIR506", "warning", "pipeline_tag: text-generation"),
        ("pipeline_tag: audio-to-video", "MIR506", "info", None),
        ("pipeline_tag: text2text-generation", "MIR506", "info", None),
        ("pipeline_tag: something", "MIR506", "warning", None),
        ("library_name: scikit-learn", "MIR506", "warning", "library_name: sklearn"),
        ("library_name: my-own-library", "MIR506", "info", None),
        ("metrics: [acuracy]", "MIR506", "warning", None),
        ("co2_eq_emissions: 7 kg", "MIR709", "warning", None),
        ("co2_eq_emissions: {source: codecarbon}", "MIR709", "warning", None),
        ("co2_eq_emissions: {emissions: 3, training_type: tuning}", "MIR709", "info", None),
        ("License: mit", "MIR707", "warning", "license: mit"),
        ("licence: license", "MIR707", "warning", None),
        ("languages: [en]", "MIR707", "warning", "language: [en]"),
        ("eval_results: 91", "MIR707", "warning", None),
        ("tags: a, b", "MIR707", "warning", None),
        ("library_name: timm\nmetrics: accuracy, f1", "MIR707", "warning", None),
        ("license: ' '", "MIR702", "error", None),
        ("metrics: [belu]", "MIR506", "warning", None),
        ("datasets: [train.json]", "MIR705", "warning", None),
        ("base_model: model.gguf", "MIR705", "warning", None),
        ("base_model: None", "MIR705", "warning", None),
        ("new_version: v2.0", "MIR705", "warning", None),
        ("base_model: a/b\nbase_model_relation: [merge]", "MIR706", "error", None),
        ("license: mit\nlanguage_bcp47: pt_BR", "MIR714", "warning", "license: mit\nlanguage_bcp47: pt-BR"),
        ("license: mit\nlanguage_bcp47: [Brazilian]", "MIR714", "warning", None),
        ("inference: maybe", "MIR714", "warning", None),
        ("inference: {parameters: 0.7}", "MIR714", "warning", None),
        ("inference: {parameter: {temperature: 0.7}}", "MIR714", "warning", None),
        ("license: mit\nwidget: [hello]", "MIR714", "info", None),
        ("license: mit\nwidget: [{txt: hello}]", "MIR714", "warning", None),
        ("license: mit\nthumbnail: 'C:\\a.png'", "MIR714", "warning", None),
        ("license: mit\nthumbnail: images/a.png", "MIR714", "info", None),
        ("license: mit\nextra_gated_fields: [Company]", "MIR714", "warning", None),
        ("license: mit\nextra_gated_fields: {Company: Text}", "MIR714", "warning", None),
        ("license: mit\nextra_gated_fields: {Use: {type: select}}", "MIR714", "warning", None),
        ("license: mit\nextra_gated_fields: {Company: string}", "MIR714", "info", None),
    ],
)
def test_one_mistake_is_one_finding_and_one_repair(tmp_path, front, rule, severity, after):
    findings, repaired = card(tmp_path, front)
    assert said(findings) == [(rule, severity)]
    assert repaired == (front if after is None else after)
    if after is not None:
        assert said(card(tmp_path, after)[0]) == []


@pytest.mark.parametrize(
    "front",
    [
        "license: openmdw-1.0",
        "license: [mit, apache-2.0]",
        "language: [en, fil, yue, mul, code]",
        "base_model: [gpt2, google/t5-small]",
        "datasets: [imdb, TIGER-Lab/MMLU-Pro]",
        "metrics: [accuracy, ndcg@10, my_own_metric]",
        "library_name: onnx",
        "co2_eq_emissions: 0.4",
        "co2_eq_emissions: {emissions: 25, training_type: fine-tuning}",
        "language: [en]\nlanguage_details: eng_Latn\ndatasets: [flores]\npipeline_tag: translation",
        "inference: {parameters: {temperature: 0.7}}",
        "license: mit\nmask_token: <mask>\neos_token: </s>",
        "license: mit\nlanguage_bcp47: [zh-Hans-CN, sr-Latn, x-klingon]",
        "license: mit\nthumbnail: https://x.org/a.png\nwidget: [{structuredData: {x: [1]}}, {output: {url: a.png}}]",
        "license: mit\nextra_gated_fields: {Company: text, Use: {type: select, options: [a]}, geo: ip_location}",
        "license: mit\nwidget:\n- text: ...\n- messages: [{role: user, content: Hi}]",
    ],
)
def test_what_the_hub_takes_is_left_alone(tmp_path, front):
    assert card(tmp_path, front)[0] == []


def results(*values):
    lines = ["model-index:", "- name: net", "  results:"]
    for number, value in enumerate(values):
        lines.append("  - task: {type: text-classification}")
        lines.append(f"    dataset: {{type: glue, name: GLUE, config: c{number}}}")
        lines.append(f"    metrics: [{{type: accuracy, value: {value}}}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("before", "after", "rule", "repaired"),
    [
        ("type: glue", "type: 'https://huggingface.co/datasets/nyu-mll/glue'", "MIR714", "type: 'nyu-mll/glue'"),
        ("config: c0", "split: tset", "MIR714", "split: tset"),
        ("config: c0", "args: [a]", "MIR714", "args: [a]"),
        ("type: accuracy", "type: acuracy", "MIR506", "type: acuracy"),
        ("value: 0.5", "value: '0.5'", "MIR708", "value: 0.5"),
        ("value: 0.5}", "value: 0.5}, {name: Accuracy, type: accuracy, value: 0.6}", "MIR308", "value: 0.5}, "),
    ],
)
def test_what_is_wrong_with_a_result(tmp_path, before, after, rule, repaired):
    findings, text = card(tmp_path, results("0.5").replace(before, after))
    assert [finding.rule for finding in findings] == [rule]
    assert repaired in text


def test_nobody_guesses_sums_so_that_none_may_be_right(tmp_path):
    front = results("0.0").replace("text-classification", "text-generation")
    assert card(tmp_path, front)[0] == []
    assert [finding.rule for finding in card(tmp_path, results("0.0"))[0]] == ["MIR206"]


def test_a_misspelt_metric_of_a_result_is_named(tmp_path):
    front = results("0.5").replace("type: accuracy", "type: rogue1")
    assert [finding.rule for finding in card(tmp_path, front)[0]] == ["MIR506"]


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        (("91.2", "0.913", "90.1"), ["MIR212"]),
        (("0.912", "0.913"), []),
        (("0.91 ± 0.02", "0.92 +/- 0.01"), []),
        (("'0,913'",), ["MIR201"]),
        (("true",), ["MIR708"]),
        (("[0.9]",), ["MIR708"]),
        (("nan +/- nan",), ["MIR201"]),
    ],
)
def test_values_of_results(tmp_path, values, rules):
    assert [finding.rule for finding in card(tmp_path, results(*values))[0]] == rules


def write_weights(file, kind, shape, size):
    header = json.dumps({"w": {"dtype": kind, "shape": shape, "data_offsets": [0, size]}}).encode()
    file.write_bytes(struct.pack("<Q", len(header)) + header)
    os.truncate(file, 8 + len(header) + size)


@pytest.mark.parametrize(
    ("name", "front", "rules"),
    [
        ("net-7b/README.md", "license: mit", ["MIR713"]),
        ("net-50m/README.md", "license: mit", []),
        ("net-0.05b/README.md", "license: mit", []),
        ("net-8x7B/README.md", "license: mit", ["MIR713"]),
        ("net-8x5M/README.md", "license: mit", ["MIR713"]),
        ("net-2x30M/README.md", "license: mit", []),
        ("net-7b1/README.md", "license: mit", ["MIR713"]),
        ("net-50m-A2.7B/README.md", "license: mit", []),
        ("net-A2.7B/README.md", "license: mit", []),
        ("net-17B-16E/README.md", "license: mit", []),
        ("net-7b-lora/README.md", "license: mit", []),
        ("net-7b-GPTQ/README.md", "license: mit", []),
        ("net-300B-tokens/README.md", "license: mit", []),
        ("net/README.md", "license: mit\nnum_parameters: 51M", ["MIR713"]),
        ("net/README.md", "license: mit\nnum_parameters: 50M", []),
        ("net/README.md", "license: mit\nsafetensors: {total: 7000000000}", ["MIR713"]),
        ("net-7b-chat/README.md", "license: mit\nsafetensors: {total: 50000000}", ["MIR713"]),
    ],
)
def test_weights_beside_a_card_say_how_many_parameters_they_have(tmp_path, name, front, rules):
    folder = (tmp_path / name).parent
    folder.mkdir()
    write_weights(folder / "model.safetensors", "BF16", [50_000, 1000], 100_000_000)
    assert [finding.rule for finding in card(tmp_path, front, name)[0]] == rules


def test_quantized_weights_do_not_say_it(tmp_path):
    (tmp_path / "net-7b").mkdir()
    write_weights(tmp_path / "net-7b" / "model.safetensors", "I32", [100, 100], 40_000)
    assert card(tmp_path, "license: mit", "net-7b/README.md")[0] == []
