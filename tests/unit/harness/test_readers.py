"""Logs of other harnesses are known by what is in them, and give the numbers that stand in them."""

import json
import zipfile
from pathlib import Path

import pytest

from registry.harness import HarnessLogError, read_log, read_logs

RECORDED = Path(__file__).parent / "recorded"
VERSIONS = json.loads((RECORDED / "recorded.json").read_text(encoding="utf-8"))["versions"]


def _log(folder: Path, data: object, name: str = "log.json"):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return read_log(file)


def test_what_lm_eval_writes_today():
    (file,) = RECORDED.glob("lm-eval/results_*.json")
    log = read_log(file)
    assert (log.harness, log.version, log.model) == ("lm-eval", VERSIONS["lm-eval"], "/data/tiny-gpt2")
    of_task = {result.metric: result for result in log.results if result.task == "tiny_sums"}
    logged = json.loads(file.read_text(encoding="utf-8"))["results"]["tiny_sums"]
    assert of_task["acc"].value == logged["acc,none"]
    assert of_task["acc"].stderr == logged["acc_stderr,none"]
    assert (of_task["acc"].samples, of_task["acc"].all_samples) == (50, None)
    assert (of_task["acc"].few_shot, of_task["acc"].filter, of_task["acc"].split) == (2, "none", "test")
    assert set(of_task) == {"acc", "acc_norm"}
    (of_group,) = [result for result in log.results if result.task == "tiny_arithmetic"]
    assert of_group.parts == 1


def test_lm_eval_s_sizes_come_from_the_samples_beside_where_the_results_lack_them(tmp_path: Path):
    (file,) = RECORDED.glob("lm-eval/results_*.json")
    (samples,) = RECORDED.glob("lm-eval/samples_*.jsonl")
    data = json.loads(file.read_text(encoding="utf-8"))
    del data["n-samples"], data["results"]["tiny_sums"]["sample_len"]
    (tmp_path / samples.name).write_bytes(samples.read_bytes())
    log = _log(tmp_path, data, file.name)
    assert {result.samples for result in log.results if result.task == "tiny_sums"} == {50}


def test_what_lm_eval_wrote_before_0_4(tmp_path: Path):
    log = _log(
        tmp_path,
        {
            "results": {"hellaswag": {"acc": 0.5, "acc_stderr": 0.01, "acc_norm": 0.6, "acc_norm_stderr": 0.01}},
            "versions": {"hellaswag": 0},
            "config": {"model": "hf-causal", "model_args": "pretrained=gpt2,dtype=float32", "num_fewshot": 10},
        },
    )
    assert log.model == "gpt2"
    assert [(result.metric, result.value, result.stderr, result.few_shot) for result in log.results] == [
        ("acc", 0.5, 0.01, 10),
        ("acc_norm", 0.6, 0.01, 10),
    ]


def test_a_part_of_the_samples_is_known_as_one(tmp_path: Path):
    data = {"results": {"gsm8k": {"exact_match,strict-match": 0.5}}, "versions": {"gsm8k": 3}}
    sized = {**data, "config": {"limit": 10}, "n-samples": {"gsm8k": {"original": 1319, "effective": 10}}}
    assert _log(tmp_path, sized).results[0].all_samples == 1319
    assert _log(tmp_path, {**data, "config": {"limit": 0.5}}).results[0].all_samples == 0
    assert _log(tmp_path, {**data, "config": {"limit": None}}).results[0].all_samples is None


def test_what_mteb_writes_today():
    log = read_log(RECORDED / "mteb/results/example__tiny-bert/no_revision_available/TinySTS.json")
    assert (log.harness, log.version, log.model) == ("mteb", VERSIONS["mteb"], "example/tiny-bert")
    scores = {result.metric: result for result in log.results}
    assert scores["cosine_spearman"].value == scores["main_score"].value
    assert (scores["main_score"].task, scores["main_score"].split) == ("TinySTS", "test")
    assert scores["main_score"].revision.startswith("01234567")


def test_what_mteb_wrote_before_1_11(tmp_path: Path):
    similar = {"cos_sim": {"pearson": 0.8, "spearman": 0.7}, "evaluation_time": 3.2}
    log = _log(
        tmp_path,
        {"mteb_dataset_name": "STS12", "mteb_version": "1.1.1", "dataset_revision": "abc", "test": similar},
        "results/intfloat__e5-small/0123/STS12.json",
    )
    assert (log.model, log.revision) == ("intfloat/e5-small", "0123")
    assert {result.metric: result.value for result in log.results} == {"cos_sim_pearson": 0.8, "cos_sim_spearman": 0.7}
    several = {"en": {"accuracy": 0.7, "accuracy_stderr": 0.1}, "de": {"accuracy": 0.6}, "evaluation_time": 1.0}
    data = {"mteb_dataset_name": "AmazonReviews", "mteb_version": "1.0.2", "dataset_revision": None, "test": several}
    assert [(result.config, result.value, result.stderr) for result in _log(tmp_path, data).results] == [
        ("en", 0.7, 0.1),
        ("de", 0.6, None),
    ]


INSPECT = {
    "version": 2,
    "status": "success",
    "eval": {
        "created": "2025-01-02T03:04:05+00:00",
        "task": "inspect_evals/gsm8k",
        "task_version": 1,
        "task_args": {"fewshot": 10},
        "dataset": {"name": "openai/gsm8k", "samples": 1319},
        "model": "hf/example/tiny",
        "config": {"epochs": 1},
        "revision": {"type": "git", "origin": "x", "commit": "abc123"},
        "packages": {"inspect_ai": "0.3.150"},
    },
    "results": {
        "total_samples": 1319,
        "completed_samples": 1319,
        "scores": [
            {"name": "match", "scorer": "match", "metrics": {"accuracy": {"name": "accuracy", "value": 0.25},
             "stderr": {"name": "stderr", "value": 0.012}}}
        ],
    },
}  # fmt: skip


def test_logs_of_inspect_ai_as_json_and_as_a_zip(tmp_path: Path):
    log = _log(tmp_path, INSPECT)
    assert (log.harness, log.version, log.commit, log.date) == (
        "inspect-ai",
        "0.3.150",
        "abc123",
        "2025-01-02T03:04:05Z",
    )
    (result,) = log.results
    assert (result.task, result.dataset, result.metric, result.value) == ("gsm8k", "openai/gsm8k", "accuracy", 0.25)
    assert (result.few_shot, result.samples, result.stderr, result.all_samples) == (10, 1319, 0.012, None)
    with zipfile.ZipFile(tmp_path / "log.eval", "w") as archive:
        archive.writestr("header.json", json.dumps(INSPECT))
        archive.writestr("samples/1_epoch_1.json", "{}")
    assert read_log(tmp_path / "log.eval").results == log.results


def test_a_run_of_inspect_ai_that_did_not_end_well_is_told_also_in_a_folder(tmp_path: Path):
    (tmp_path / "a.json").write_text(json.dumps({**INSPECT, "status": "cancelled"}))
    (tmp_path / "package.json").write_text("{}")
    ((file, error),) = read_logs([tmp_path])
    assert file.name == "a.json"
    assert isinstance(error, HarnessLogError)
    assert "its status is cancelled" in error.message


def test_what_the_trainer_leaves(tmp_path: Path):
    log = _log(
        tmp_path,
        {
            "epoch": 3.0,
            "eval_accuracy": 0.91,
            "eval_loss": 0.3,
            "eval_runtime": 1.5,
            "eval_samples": 872,
            "eval_samples_per_second": 500.0,
            "test_accuracy": 0.9,
            "perplexity": 1.35,
            "train_loss": 0.2,
            "total_flos": 1e15,
        },
        "all_results.json",
    )
    scores = {(result.metric, result.split): result for result in log.results}
    assert {name: result.value for name, result in scores.items()} == {
        ("accuracy", ""): 0.91,
        ("loss", ""): 0.3,
        ("accuracy", "test"): 0.9,
        ("perplexity", ""): 1.35,
    }
    assert scores["accuracy", ""].samples == 872


def test_of_a_trainer_s_state_the_last_evaluation_counts(tmp_path: Path):
    history = [
        {"step": 10, "loss": 1.0, "learning_rate": 1e-5},
        {"step": 10, "eval_loss": 0.5, "eval_f1": 0.8, "eval_runtime": 1},
        {"step": 20, "eval_loss": 0.4, "eval_f1": 0.9, "eval_runtime": 1},
        {"step": 20, "train_runtime": 9, "train_loss": 0.3},
    ]
    log = _log(tmp_path, {"global_step": 20, "log_history": history, "best_metric": None}, "trainer_state.json")
    assert {result.metric: result.value for result in log.results} == {"loss": 0.4, "f1": 0.9}
    assert log.notes == ("the last evaluation of the run's 2, at step 20",)


def test_what_openmmlab_s_test_writes(tmp_path: Path):
    scores = {"coco/bbox_mAP": 0.398, "coco/bbox_mAP_s": -1.0, "data_time": 0.1, "time": 0.2}
    log = _log(tmp_path, scores, "work_dirs/faster-rcnn_r50_fpn_1x_coco/20240101_000000/20240101_000000.json")
    assert log.model == "faster-rcnn_r50_fpn_1x_coco"
    assert [(result.metric, result.value, result.percent) for result in log.results] == [
        ("coco/bbox_mAP", 0.398, False)
    ]
    assert _log(tmp_path, {"accuracy/top1": 76.5, "data_time": 0.1, "time": 0.2}).results[0].percent is True
    before = {"config": "configs/retinanet/retinanet_r50_fpn_1x_coco.py", "metric": {"bbox_mAP": 0.365}}
    assert _log(tmp_path, before).model == "retinanet_r50_fpn_1x_coco"


def test_of_openmmlab_s_lines_the_last_evaluation_counts(tmp_path: Path):
    lines = [
        {"env_info": "Python: 3.8\nMMCV: 1.7.1\n", "config": "configs/a.py", "seed": 1},
        {"mode": "train", "epoch": 1, "iter": 50, "lr": 0.01, "loss": 1.2},
        {"mode": "val", "epoch": 1, "iter": 100, "lr": 0.01, "bbox_mAP": 0.1},
        {"mode": "val", "epoch": 2, "iter": 100, "lr": 0.01, "bbox_mAP": 0.2},
    ]
    log = _log(tmp_path, "\n".join(map(json.dumps, lines)), "a.log.json")
    assert [(result.metric, result.value) for result in log.results] == [("bbox_mAP", 0.2)]
    assert (log.version, log.model) == ("1.7.1", "a")


LM = '{"versions": {"a": 1}, "results": {"a": {"acc": %s}}}'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "it is not JSON"),
        ("\x00\x01", "it is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[" + "[]," * 4_000_000 + "[]]", "more than 4000000 lists and objects"),
        ("1" * 10_000, "a number in it is too long"),
        ("{}", "it is no log that mir knows; it reads those of lm-eval, mteb"),
        ("[1, 2]", "no log that mir knows"),
        ('{"model-index": []}', "no log that mir knows"),
        (LM % "NaN", "holds no number"),
        (LM % "Infinity", "holds no number"),
        (LM % '"N/A"', "holds no number"),
        (LM % "true", "holds no number"),
        (LM % "[0.5]", "holds no number"),
        (LM % ("1" + "0" * 400), "holds no number"),
        ('{"versions": [], "results": {"a": {"acc": 1}}}', "no log that mir knows"),
        ('{"mteb_version": "1", "task_name": "A", "scores": {"test": {"en": 1}}}', "holds no number"),
        ('{"mteb_version": "1", "task_name": "A", "scores": {"test": [[], 1, null, {"x": "y"}]}}', "holds no number"),
        ('{"log_history": [1, [], null], "global_step": 3}', "holds no number"),
        ("PK\x03\x04 broken", "it is a broken zip"),
    ],
)
def test_what_is_no_log_is_refused_in_one_sentence(tmp_path: Path, data: str, message: str):
    with pytest.raises(HarnessLogError, match=message) as refused:
        _log(tmp_path, data)
    assert len(refused.value.message) < 300
    assert "\n" not in refused.value.message


def test_files_that_cannot_be_read_are_refused_in_one_sentence(tmp_path: Path):
    import os

    with pytest.raises(HarnessLogError, match="cannot be read"):
        read_log(tmp_path / "missing.json")
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(HarnessLogError, match="no plain file"):
        read_log(tmp_path / "pipe.json")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(HarnessLogError, match="larger than 64 MiB"):
        read_log(tmp_path / "large.json")
    with zipfile.ZipFile(tmp_path / "other.eval", "w") as archive:
        archive.writestr("other.json", "{}")
    with pytest.raises(HarnessLogError, match=r"without header\.json"):
        read_log(tmp_path / "other.eval")


def test_a_zip_that_swells_is_not_read_whole(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "bomb.eval", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", b" " * ((64 << 20) + 1))
    with pytest.raises(HarnessLogError, match="its header is larger than 64 MiB"):
        read_log(tmp_path / "bomb.eval")


def test_a_log_of_inspect_ai_is_read_that_is_compressed_by_zstandard(tmp_path):
    import io
    import json
    import struct
    import zipfile

    import pyarrow

    from registry.harness.log_file import _header

    header = json.dumps({"status": "success", "filler": "a" * 1000}).encode()
    packed = pyarrow.compress(header, codec="zstd", asbytes=True)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("header.json", packed)
    raw = bytearray(data.getvalue())
    central = raw.index(b"PK\x01\x02")
    raw[8:10] = raw[central + 10 : central + 12] = struct.pack("<H", 93)
    raw[22:26] = raw[central + 24 : central + 28] = struct.pack("<I", len(header))
    assert _header(bytes(raw)) == header


def test_no_example_in_the_prompt_is_a_number_of_examples(tmp_path: Path):
    data = {"results": {"piqa": {"acc": 0.5}}, "versions": {"piqa": 0}, "config": {"num_fewshot": 0}}
    assert _log(tmp_path, data).results[0].few_shot == 0
