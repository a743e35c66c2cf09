from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml
from huggingface_hub import EvalResultEntry, ModelCard
from huggingface_hub._eval_results import parse_eval_result_entries

from registry.checks import check
from registry.evidence import Store
from registry.evidence.rejudge.sampling import wilson
from registry.loader import load
from registry.types import DatasetRef, Measurement, Quantity

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "schemas" / "every-eval-ever-0.3.0.json").read_text())
URL = "https://example.org/evidence"


def near(share):
    return pytest.approx(share, abs=1e-4)


@pytest.fixture
def models(tmp_path, evidence):
    """A store with a result, the same with an identifier, a count, and a claim that could not be measured."""
    store = Store(tmp_path / "models" / "evidence")
    store.write(evidence)
    hub = DatasetRef(name="ImageNet-1k", type="imagenet-1k", split="validation", revision="abc")
    reported = Quantity.parse("0.7912", "ratio")
    top5 = replace(
        evidence.claim,
        model="org/net",
        subject="top-5-accuracy",
        label="Top 5 Accuracy",
        reported=reported,
        dataset=hub,
    )
    measured = Measurement(value=0.79066, method="evaluate", samples=50000, interval=wilson(39533, 50000))
    store.write(replace(evidence, claim=top5, measurement=measured, verdict="within-tolerance"))
    millions = Quantity.parse("61.1M", "count")
    count = replace(evidence.claim, subject="parameters", label="Parameters", kind="count", task=None, dataset=None)
    store.write(
        replace(
            evidence, claim=replace(count, reported=millions), measurement=Measurement(value=61100840, method="count")
        )
    )
    unknown = replace(evidence.claim, subject="my-score", label="My Score")
    store.write(replace(evidence, claim=unknown))
    speed = replace(evidence.claim, subject="top-1-error", label="Top 1 Error")
    store.write(replace(evidence, claim=speed, measurement=None, verdict="unverifiable", reason="no data"))
    return tmp_path / "models"


def test_the_hub_reads_the_measured_values_and_their_source(mir, models, tmp_path):
    code, _, err = mir("evidence", "export", models, "--to", "huggingface", "--url", URL, "-o", tmp_path / "out")
    assert code == 0
    assert "AlexNet: Parameters is lost: it is no result on a data set" in err
    assert "AlexNet: Top 1 Error is lost: it is unverifiable, so that there is no value" in err
    values = {
        (result.dataset_name, result.metric_name): (result.metric_value, result.source_name, result.source_url)
        for file in (tmp_path / "out").rglob("README.md")
        for result in ModelCard(file.read_text()).data.eval_results
    }
    sources = {source.rpartition("/evidence/")[2] for _, _, source in values.values()}
    assert {key: value for key, (value, *_) in values.items()} == {
        ("ImageNet", "Top 1 Accuracy"): 56.522,
        ("ImageNet", "My Score"): 56.522,
        ("ImageNet-1k", "Top 5 Accuracy"): 0.79066,
    }
    assert all((models / "evidence" / source).is_file() for source in sources)
    assert all(name.startswith("mir ") for _, name, _ in values.values())
    index = load([tmp_path / "out"])
    assert [finding.message for finding in check(index) if finding.severity == "error"] == []


def test_eval_results_say_when_and_how(mir, models, tmp_path):
    options = ("--url", URL, "--benchmark", "ImageNet-1K=ILSVRC/imagenet-1k:top5", "-o", tmp_path / "out")
    code, _, err = mir("evidence", "export", models, "--to", "eval-results", *options)
    assert code == 0
    # Of another data set nobody says which benchmark of the Hub it is, and nothing is made up.
    assert "a benchmark is known by its repository on the Hub" in err
    assert [file.parts[-3] for file in (tmp_path / "out").rglob("*.yaml")] == ["org-net"]
    assert check(load([tmp_path / "out"])) == []
    text = (tmp_path / "out" / "org-net" / ".eval_results" / "results.yaml").read_text()
    (entry,) = parse_eval_result_entries(yaml.safe_load(text))
    assert entry == EvalResultEntry(
        dataset_id="ILSVRC/imagenet-1k",
        task_id="top5",
        value=0.79066,
        dataset_revision="abc",
        date="2026-01-02T03:04:05Z",
        source_url=entry.source_url,
        source_name=entry.source_name,
        notes="Top 5 Accuracy: measured by mir on 50000 samples; the card says 0.7912, within-tolerance",
    )


@pytest.mark.parametrize("benchmark", ["a", "a=b:c", "a=b/c", "=b/c:d"])
def test_a_benchmark_is_a_repository_and_a_task(mir, models, benchmark):
    code, _, err = mir("evidence", "export", models, "--to", "eval-results", "--benchmark", benchmark)
    assert (code, "DATASET=OWNER/NAME:TASK" in err) == (2, True)


def test_every_eval_ever_accepts_our_records(mir, models, tmp_path):
    options = ("--organization", "Example Lab", "--relationship", "third_party")
    for out in ("one", "two"):
        code, _, err = mir("evidence", "export", models, "--to", "every-eval-ever", *options, "-o", tmp_path / out)
        assert code == 0
    assert "My Score is lost: it is not known whether higher is better" in err
    files = sorted((tmp_path / "one").rglob("*.json"))
    assert [file.parent.relative_to(tmp_path / "one").as_posix() for file in files] == [
        "data/imagenet/unknown/alexnet",
        "data/imagenet-1k/org/net",
    ]
    for file in files:
        jsonschema.Draft7Validator(SCHEMA).validate(json.loads(file.read_text()))
        assert (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_text() == file.read_text()
    record, of_hub = (json.loads(file.read_text()) for file in files)
    assert of_hub["evaluation_results"][0]["source_data"] == {
        "dataset_name": "ImageNet-1k",
        "source_type": "hf_dataset",
        "hf_repo": "imagenet-1k",
        "hf_split": "val",
        "samples_number": 50000,
        "additional_details": {"split": "validation", "revision": "abc", "dataset": "sha256:" + "d5" * 32},
    }
    assert SCHEMA["version"] == record["schema_version"]
    (result,) = record["evaluation_results"]
    assert record["source_metadata"]["source_organization_name"] == "Example Lab"
    assert record["retrieved_timestamp"] == "1767323045"
    assert result["score_details"]["score"] == 0.56522
    assert result["score_details"]["uncertainty"] == {
        "confidence_interval": {"lower": near(0.5609), "upper": near(0.5696), "confidence_level": 0.95},
        "num_samples": 50000,
    }
    assert result["metric_config"]["lower_is_better"] is False
    assert (result["metric_config"]["min_score"], result["metric_config"]["max_score"]) == (0, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "name one format with --to"),
        (("--to", "huggingface", "--in-toto"), "name one format with --to"),
        (("--to", "huggingface", "--sign", "key"), "only in-toto statements are signed"),
        (("--to", "every-eval-ever"), "say who measured with --organization"),
        (("--to", "huggingface"), "2 files would be written; name a folder for them"),
    ],
)
def test_wrong_usage(mir, models, options, message):
    code, _, err = mir("evidence", "export", models, *options)
    assert code == 2
    assert message in err
