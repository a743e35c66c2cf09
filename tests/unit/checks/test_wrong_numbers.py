"""Numbers that cannot be, or that do not fit those beside them."""

from __future__ import annotations

import pytest

from registry.checks.siblings import resolution, sizes
from tests.unit.checks.short_cards import accuracy, models, rules


def test_numbers_agree_within_what_was_printed(check_text):
    same = models("Name: a, Metadata: {Parameters: 25.6M}", "Name: a, Metadata: {Parameters: 25557032}")
    assert [finding.severity for finding in check_text(same)] == ["warning"]
    other = models("Name: a, Metadata: {Parameters: 25.6M}", "Name: a, Metadata: {Parameters: 25657032}")
    assert [finding.severity for finding in check_text(other)] == ["error"]


def test_weights_tested_at_two_sizes_are_no_mistake(check_text):
    result = "Results: [{Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: %s}}]"
    weights = "Weights: https://x.org/b3-cf984f9c.pth"
    lines = [
        f"Name: b3, {weights}, Metadata: {{Image Size: 300}}, {result % '82.1'}",
        f"Name: b3a, {weights}, Metadata: {{Image Size: 320}}, {result % '82.3'}",
    ]
    assert rules(check_text(models(*lines))) == []
    assert rules(check_text(models(*lines).replace("320", "300"))) == ["MIR306"]


def test_an_accuracy_far_below_all_others_is_suspicious(check_text):
    others = [f"Name: m{number}, {accuracy('76.1')}" for number in range(6)]
    assert rules(check_text(models(*others, f"Name: x, {accuracy('8.3')}"))) == ["MIR206"]
    assert rules(check_text(models(*others[:3], f"Name: x, {accuracy('8.3')}"))) == []
    hard = [f"Name: m{number}, {accuracy('12.5')}" for number in range(6)]
    assert rules(check_text(models(*hard, f"Name: x, {accuracy('8.3')}"))) == []


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("102228128", []),
        ("51114064", []),
        ("25557032", []),
        ("98 MB", []),
        ("400 MB", []),
        ("306M B", []),
        ("75 MB", ["MIR301"]),
    ],
)
def test_file_sizes_of_every_number_format(check_text, size, expected):
    assert rules(check_text(models(f"Name: a, Metadata: {{Parameters: 25557032, File Size: {size}}}"))) == expected


def test_small_files_may_hold_other_things(check_text):
    assert rules(check_text(models("Name: a, Metadata: {Parameters: 25866, File Size: 150000}"))) == []


def test_gflops_are_read_with_their_unit(check_text):
    assert rules(check_text(models("Name: a, Metadata: {GFLOPs: 4.1, Parameters: 25.6M}"))) == []
    assert rules(check_text(models("Name: a, Metadata: {FLOPs: 4.1}"))) == ["MIR203"]


@pytest.mark.parametrize(
    ("name", "rest", "pixels"),
    [
        ("efficientnet-l2_in1k-475px", "efficientnet-l2-in1k", 475),
        ("tresnet_l_448", "tresnet-l", 448),
        ("resnet50_8xb32_in1k", "resnet50_8xb32_in1k", 0),
        ("deit-base_224px-pre_in1k-384px", "deit-base_224px-pre_in1k-384px", 0),
    ],
)
def test_the_resolution_in_a_name(name, rest, pixels):
    assert resolution(name) == (rest, pixels)


def test_the_size_in_a_name():
    assert sizes("vig-base_8xb32_in1k") == [("0:vig-*-in1k", 7), ("1:vig-*-in1k", 3)]
    assert sizes("tresnet_xl") == [("2:tresnet-*", 5)]
    assert sizes("se-resnet-50") == [("depth:se-resnet-*", 50)]
    assert sizes("densenet-161") == sizes("lenet5") == []


def test_numbers_of_neighbours_that_were_exchanged(check_text):
    line = "Name: resnet%s_in1k, In Collection: ResNet, Metadata: {Parameters: %s, FLOPs: %s}"
    rows = [line % ("18", "11.7M", "1.8G"), line % ("50", "44.5M", "4.1G"), line % ("101", "25.6M", "7.8G")]
    [match] = [finding for finding in check_text(models(*rows)) if finding.rule != "MIR401"]
    assert (match.rule, match.hint) == ("MIR312", "Were the two exchanged?")
    assert "25.6M, fewer than the 44.5M of 'resnet50_in1k'" in match.message


def test_the_number_that_breaks_an_order_is_named(check_text):
    line = "Name: net_r%s, In Collection: Net, Metadata: {Parameters: %s}"
    rows = [line % ("18", "31M"), line % ("34", "200M"), line % ("50", "45M"), line % ("101", "64M")]
    [match] = [finding for finding in check_text(models(*rows)) if finding.rule != "MIR401"]
    assert "200M, more than the 45M of 'net_r50'" in match.message


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ("box AP: 41.0, AR@100: 37.2", "AR@100 is 37.2, below box AP"),
        ("AP: 0.751, AR: 0.701", "AR is 0.701, below AP"),
        ("AP@0.5: 0.93, AR@0.5: 0.90", "AR@0.5 is 0.90, below AP@0.5"),
        ("box AP: 41.0, AR@1: 37.2", ""),
        ("AP: 75.1, AR: 74.5", ""),
        ("AP75: 75.1, AR: 60.2", ""),
        ("PSNR: 3210", "PSNR is 3210; no model reaches 120"),
        ("PSNR: 75.92", ""),
    ],
)
def test_a_recall_below_its_precision_and_a_signal_without_noise(check_text, metrics, message):
    findings = check_text(
        models(f"Name: m, Results: [{{Task: Object Detection, Dataset: COCO, Metrics: {{{metrics}}}}}]")
    )
    assert [message in finding.message for finding in findings if finding.severity == "error"] == [True] * bool(message)


@pytest.mark.parametrize(
    ("name", "metadata", "message"),
    [
        ("faster-rcnn_r50_fpn_1x_coco", "Parameters: 41.5K", "too few for resnet50"),
        ("upernet_swin-t_8xb2_ade20k", "Parameters: 60000M", "too many for swin_t"),
        ("fcn_r101-d8_ade20k", "FLOPs: 0.27G", "too few for resnet101"),
        ("fcn_r101-d8_ade20k", "FLOPs: 275T, Parameters: 68M", "too many for resnet101"),
        ("slowonly_r50_u48_ntu60", "FLOPs: 15.9G, Parameters: 2M", ""),
    ],
)
def test_numbers_that_no_model_with_such_a_backbone_has(check_text, name, metadata, message):
    findings = check_text(
        models(
            f"Name: {name}, Metadata: {{{metadata}}}, Results: [{{Task: T, Dataset: ADE20K, Metrics: {{mIoU: 40}}}}]"
        )
    )
    assert [message in finding.message for finding in findings if finding.rule == "MIR315"] == [True] * bool(message)


@pytest.mark.parametrize(("larger", "severity"), [("62.1", "warning"), ("72.0", "info"), ("75.0", None)])
def test_a_larger_model_that_scores_lower(check_text, larger, severity):
    row = "Name: net-%s, In Collection: Net, Results: [{Task: T, Dataset: D, Metrics: {Top 1 Accuracy: %s, mIoU: %s}}]"
    findings = check_text(models(row % ("small", "76.5", "76.5"), row % ("base", larger, larger)))
    assert [finding.severity for finding in findings if finding.rule == "MIR316"] == ([severity] if severity else [])


def test_larger_models_are_compared_with_the_next_smaller_only(check_text):
    line = "Name: x-%s, In Collection: X, Metadata: {Parameters: %s}"
    text = models(line % ("tiny", "5M"), line % ("small", "22M"), line % ("base", "20M"), line % ("large", "300M"))
    findings = check_text(text + "Collections: [{Name: X}]\n")
    assert [(finding.rule, finding.location.line) for finding in findings] == [("MIR312", 4)]


@pytest.mark.parametrize(("value", "severity"), [("none", "warning"), ("n/a", "warning"), ("banana", "error")])
def test_a_word_for_nothing_is_no_wrong_number(check_text, value, severity):
    result = f"{{Task: Image Classification, Dataset: ImageNet, Metrics: {{Top 1 Accuracy: {value}}}}}"
    findings = check_text(models(f"Name: a, Results: [{result}]"))
    assert [(finding.rule, finding.severity) for finding in findings] == [("MIR201", severity)]


@pytest.mark.parametrize(
    ("task", "metrics", "expected"),
    [
        ("Semantic Segmentation", "mIoU: 78.1, mIoU(ms+flip): 79.2", []),
        ("Semantic Segmentation", "mIoU: 78.1, mIoU(ms+flip): 7.92", [("MIR211", "warning")]),
        ("Semantic Segmentation", "mIoU: 48.1, mIoU(ms+flip): 79.2", [("MIR211", "warning")]),
        ("Semantic Segmentation", "mIoU: 0", [("MIR206", "warning")]),
        ("Depth Estimation", "a1: 0.912, a2: 0.982, a3: 0.991", []),
        ("Depth Estimation", "a1: 0.912, a2: 0.823, a3: 0.991", [("MIR211", "error")]),
        ("Body 2D Keypoint", "Mean: 0.901, Mean@0.1: 0.352", []),
        ("Body 2D Keypoint", "Mean: 0.901, Mean@0.1: 0.952", [("MIR211", "error")]),
        ("Text Detection", "hmean: 0.824, Precision: 0.801, Recall: 0.852", []),
        ("Text Detection", "hmean: 0.954, Precision: 0.801, Recall: 0.852", [("MIR211", "warning")]),
        ("Multiple Object Tracking", "MOTA: -4.5, IDF1: 66.1", []),
        ("Multiple Object Tracking", "MOTA: 164.5, IDF1: 66.1", [("MIR204", "error")]),
        ("Text Classification", "Matthews Correlation: -0.03", []),
        ("Text Classification", "Pearson: -12.5, Spearman: -10.1", []),
    ],
)
def test_scores_that_no_model_has(check_text, task, metrics, expected):
    result = f"{{Task: {task}, Dataset: {{Name: own}}, Metrics: {{{metrics}}}}}"
    findings = check_text(models(f"Name: a, Results: [{result}]"))
    pairs = [(finding.rule, finding.severity) for finding in findings if finding.rule in ("MIR204", "MIR206", "MIR211")]
    assert pairs == expected


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ("FLOPs: 4.1 TFLOPs, Parameters: 25.6M", ["MIR315"]),
        ("FLOPs: 4.1G, Parameters: 25.6k", ["MIR315"]),
        ("FLOPs: 4.1G, Parameters: 25.6M", []),
        ("Image Size: -224", ["MIR202"]),
        ("inference time (ms/im): [{value: 30, resolution: '(800, 1333)'}]", []),
        ("inference time (ms/im): [{value: 30, resolution: '(-800, 1333)'}]", ["MIR202"]),
    ],
)
def test_metadata_that_no_model_has(check_text, metadata, expected):
    result = "{Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 80.1%}}"
    findings = check_text(models(f"Name: a, Metadata: {{{metadata}}}, Results: [{result}]"))
    assert [finding.rule for finding in findings if finding.rule in ("MIR202", "MIR315")] == expected


@pytest.mark.parametrize(("memory", "count"), [("16,3", 1), ("5.83†", 1), ("5.83", 0), ("3.3/4.5", 0), ("11 GB", 0)])
def test_a_memory_that_is_no_number(check_text, memory, count):
    findings = check_text(models(f"Name: m, Metadata: {{Training Memory (GB): '{memory}'}}"))
    assert rules(findings).count("MIR208") == count
