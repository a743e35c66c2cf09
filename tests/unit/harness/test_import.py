"""Numbers of logs are held against the claims that they are about, and kept as what they are."""

import json
from pathlib import Path
from typing import Any

import pytest

import registry
from registry.claims import read_claims
from registry.evidence import Store
from registry.evidence.beside import Beside
from registry.evidence.rejudge import contradictions
from registry.harness.importing import import_logs
from registry.harness.match import Unmatched
from tests.unit.harness.small_logs import card_of, evidence_in, import_small, log_of, result


def _reasons(items):
    return [item.reason for item in items if isinstance(item, Unmatched)]


def test_a_number_is_judged_and_says_who_measured_it(tmp_path: Path):
    results = [result("AI2 Reasoning Challenge (25-Shot)", {"acc_norm": 54.3}, kind="ai2_arc", config="ARC-Challenge")]
    card_of(tmp_path, results)
    items, store = import_small(
        tmp_path,
        log_of(
            "arc_challenge",
            {"acc_norm,none": 0.543, "acc_norm_stderr,none": 0.0157},
            shots=25,
            dataset_path="allenai/ai2_arc",
            dataset_name="ARC-Challenge",
        ),
    )
    (evidence,) = evidence_in(items)
    assert evidence.verdict == "reproduced"
    assert evidence.reason.startswith("imported: measured by lm-eval, not by mir: 543 of 1000 samples")
    assert evidence.measurement is not None
    details = evidence.measurement.details
    assert {name: details[name] for name in ("harness", "harness_version", "task", "few_shot", "commit")} == {
        "harness": "lm-eval",
        "harness_version": "0.4.9",
        "task": "arc_challenge",
        "few_shot": 25,
        "commit": "1a2b3c4",
    }
    assert evidence.digests["log"].startswith("sha256:")
    assert evidence.measurement.interval == pytest.approx((0.543 - 1.96 * 0.0157, 0.543 + 1.96 * 0.0157), abs=1e-5)
    (record,) = store.all()
    assert contradictions(record) == ()
    assert Beside([record]).shown(record.claim).verdict == "imported"


@pytest.mark.parametrize(
    ("claim", "log", "reason_part"),
    [
        ({"split": "test"}, {"validation_split": "validation"}, "of the split test, not validation"),
        ({"args": {"num_few_shot": 5}}, {}, "with 5 examples in the prompt, not 0"),
        ({"config": "de"}, {"dataset_name": "fr"}, "of the configuration de, not fr"),
    ],
)
def test_what_differs_is_no_match_and_says_why(
    tmp_path: Path, claim: dict[str, Any], log: dict[str, Any], reason_part: str
):
    card_of(tmp_path, [result("HellaSwag", {"acc": 50.0}, kind="hellaswag", **claim)])
    items, _ = import_small(tmp_path, log_of("hellaswag", {"acc,none": 0.5}, dataset_path="Rowan/hellaswag", **log))
    assert not evidence_in(items)
    (reason,) = _reasons(items)
    assert reason_part in reason


def test_numbers_of_other_data_or_metrics_are_listed_with_the_reason(tmp_path: Path):
    card_of(tmp_path, [result("HellaSwag", {"acc": 50.0}, kind="hellaswag")])
    log = log_of("hellaswag", {"acc_norm,none": 0.5})
    log["results"]["piqa"] = {"acc,none": 0.7}
    items, _ = import_small(tmp_path, log)
    assert _reasons(items) == [
        "the card does not claim this metric on that data",
        "the card claims nothing on that data",
    ]


def test_a_part_of_the_data_is_no_verdict(tmp_path: Path):
    card_of(tmp_path, [result("GSM8k (5-shot)", {"exact_match": 50.0}, kind="gsm8k", config="main")])
    log = log_of("gsm8k", {"exact_match,strict-match": 0.7}, shots=5, size=1319)
    log["n-samples"]["gsm8k"]["effective"] = 10
    (evidence,) = evidence_in(import_small(tmp_path, log)[0])
    assert evidence.verdict == "unverifiable"
    assert "took only 10 of 1319 samples" in evidence.reason


def test_what_a_card_leaves_open_refutes_nothing(tmp_path: Path):
    card_of(tmp_path, [result("HellaSwag", {"acc": 50.0}, kind="hellaswag")])
    (evidence,) = evidence_in(import_small(tmp_path, log_of("hellaswag", {"acc,none": 0.7}, shots=10))[0])
    assert evidence.verdict == "unverifiable"
    assert "does not say how many examples the prompt had" in evidence.reason
    (evidence,) = evidence_in(import_small(tmp_path, log_of("hellaswag", {"acc,none": 0.7}, shots=0))[0])
    assert evidence.verdict == "refuted"


def test_a_log_of_another_model_is_none_of_the_card_s_unless_somebody_says_so(tmp_path: Path):
    card_of(tmp_path, [result("HellaSwag", {"acc": 50.0}, kind="hellaswag")], name="other")
    items, _ = import_small(tmp_path, log_of("hellaswag", {"acc,none": 0.5}))
    (reason,) = _reasons(items)
    assert "of the model 'owner/tiny', which no card here is about" in reason
    items, _ = import_small(tmp_path, log_of("hellaswag", {"acc,none": 0.5}), model="other")
    assert [record.verdict for record in evidence_in(items)] == ["reproduced"]


def test_mteb_s_fractions_and_a_card_s_points_are_one_number(tmp_path: Path):
    revision = "e8379541af4e31359cca9fbcf4b00f2671dba205"
    amazon = {"kind": "mteb/amazon_counterfactual", "split": "test", "revision": revision, "task": "Classification"}
    sts = {"kind": "mteb/sts12-sts", "config": "default", "split": "test", "task": "STS"}
    card_of(
        tmp_path,
        [
            result("MTEB AmazonCounterfactualClassification (en)", {"accuracy": 75.42}, config="en", **amazon),
            result("MTEB AmazonCounterfactualClassification (de)", {"accuracy": 60.0}, config="de", **amazon),
            result("MTEB STS12", {"cos_sim_spearman": 71.71}, **sts),
        ],
    )
    of_amazon = {
        "mteb_version": "1.12.48",
        "task_name": "AmazonCounterfactualClassification",
        "dataset_revision": revision,
        "scores": {"test": [{"hf_subset": "en", "main_score": 0.7542, "accuracy": 0.7542}]},
    }
    of_sts = {
        "mteb_version": "2.1.0",
        "task_name": "STS12",
        "dataset_revision": "x",
        "scores": {"test": [{"hf_subset": "default", "cosine_spearman": 0.7171}]},
    }
    items, _ = import_small(tmp_path, of_amazon, of_sts)
    assert [(evidence.claim.dataset.name[5:], evidence.verdict) for evidence in evidence_in(items)] == [  # type: ignore[union-attr]
        ("AmazonCounterfactualClassification (en)", "reproduced"),
        ("STS12", "reproduced"),
    ]


def test_the_open_llm_leaderboard_s_scale_is_undone_where_it_can_be(tmp_path: Path):
    card_of(
        tmp_path,
        [
            result("GPQA (0-shot)", {"acc_norm": 20.0}, kind="Idavidrein/gpqa", args={"num_few_shot": 0}),
            result("BBH (3-Shot)", {"acc_norm": 20.0}, kind="BBH", args={"num_few_shot": 3}),
        ],
    )
    of_gpqa = log_of("leaderboard_gpqa", {"acc_norm,none": 0.4}, size=1192)
    of_bbh = log_of("leaderboard_bbh", {"acc_norm,none": 0.45}, shots=3, size=5761)
    by_gpqa, by_bbh = evidence_in(import_small(tmp_path, of_gpqa, of_bbh)[0])
    assert by_gpqa.measurement is not None
    assert by_gpqa.measurement.value == pytest.approx(0.2)
    assert by_gpqa.verdict == "reproduced"
    assert by_bbh.verdict == "unverifiable"
    assert "rescales each part" in by_bbh.reason


def test_what_names_no_data_needs_a_card_with_one_data_set_or_an_option(tmp_path: Path):
    glue = {"kind": "glue", "task": "text-classification"}
    two = [result("sst2", {"accuracy": 0.91}, **glue), result("mrpc", {"accuracy": 0.8}, **glue)]
    scores = {"eval_accuracy": 0.91, "eval_loss": 0.3, "eval_samples": 872, "eval_runtime": 1.0}
    card_of(tmp_path, two)
    items, _ = import_small(tmp_path, scores)
    assert _reasons(items)[0] == "it may be of mrpc, sst2; name one with --dataset"
    items, _ = import_small(tmp_path, scores, dataset="sst2")
    (evidence,) = evidence_in(items)
    assert (evidence.claim.dataset.name, evidence.measurement.samples) == ("sst2", 872)  # type: ignore[union-attr]
    card_of(tmp_path, two[:1])
    assert len(evidence_in(import_small(tmp_path, scores)[0])) == 1


def test_a_number_that_its_own_samples_do_not_come_to_is_no_verdict(tmp_path: Path):
    card_of(tmp_path, [result("HellaSwag", {"acc": 70.0}, kind="hellaswag")])
    log = log_of("hellaswag", {"acc,none": 0.7}, size=4, metric_list=[{"metric": "acc", "aggregation": "mean"}])
    lines = [{"doc_id": at, "filter": "none", "metrics": ["acc"], "acc": float(at > 1)} for at in range(4)]
    (tmp_path / "samples_hellaswag.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (evidence,) = evidence_in(import_small(tmp_path, log)[0])
    assert evidence.verdict == "unverifiable"
    assert "the samples logged beside it come to 0.5, not 0.7: one was altered" in evidence.reason


def test_a_log_that_names_a_folder_is_of_the_card_that_it_lies_beside(tmp_path: Path):
    for name, value in (("one", 50.0), ("two", 60.0)):
        card_of(tmp_path / name, [result("HellaSwag", {"acc": value}, kind="hellaswag")], name=name)
    log = {**log_of("hellaswag", {"acc,none": 0.6}), "model_name": "/home/somebody/checkpoint-500"}
    file = tmp_path / "two" / "results" / "log.json"
    file.parent.mkdir()
    file.write_text(json.dumps(log))
    models = read_claims(registry.load(tmp_path))
    items = list(import_logs([file], models, Store(tmp_path / "evidence")))
    assert [(evidence.claim.model, evidence.verdict) for evidence in evidence_in(items)] == [("two", "reproduced")]
