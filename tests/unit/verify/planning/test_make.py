import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from registry.claims import ModelClaims, read_claims
from registry.evidence import Store
from registry.loader import load
from registry.report.plans import as_json, print_plan
from registry.types import Evidence, Measurement
from registry.verify.accuracy import EvaluationOptions
from registry.verify.measurers import MeasureOptions, measurers
from registry.verify.planning import Plan, make_plan
from registry.verify.planning.plan import Download
from registry.verify.planning.span import Span

CARD = """Models:
- Name: net
  Builder: torchvision:alexnet
  Weights: {weights}
  Metadata: {{FLOPs: {flops}, Parameters: {parameters}{more}}}
  Results:
  - Dataset: ImageNet
    Task: Image Classification
    Metrics: {{Top 1 Accuracy: 56.52%, mAP: 12.3}}
"""
FIGURES = {"flops": "0.714 GMACs", "parameters": "61100840", "more": ""}
URL = "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth"


@pytest.fixture
def plan_of(tmp_path: Path):
    def plan(weights: str = URL, *, here: bool = False, known: bool = False, **figures: str) -> Plan:
        card = tmp_path / "card.yml"
        card.write_text(CARD.format(weights=weights, **FIGURES | figures), encoding="utf-8")
        work = read_claims(load([card]))
        store = Store(tmp_path / "evidence")
        if known:
            store.write(_evaluated_before(work[0]))
        options = EvaluationOptions(data={"imagenet": tmp_path / "nowhere"}, device="cpu", cache=tmp_path / "cache")
        ways = measurers(work, MeasureOptions(evaluation=options), lambda *_: None)
        return make_plan(work, ways, store, options, here=here)

    return plan


def _evaluated_before(entry: ModelClaims) -> Evidence:
    claim = next(claim for claim in entry.claims if claim.subject == "top-1-accuracy")
    return Evidence(
        claim=claim,
        verdict="reproduced",
        reason="",
        measurement=Measurement(value=0.5652, method="seen", samples=50_000),
        digests={"weights": "sha256:" + "0" * 64},
    )


def test_a_job_on_data_that_other_machines_have_is_as_large_as_when_it_was_last_measured(plan_of) -> None:
    job = plan_of(known=True).evaluations[0]
    assert (job.library, job.dataset, job.transform) == ("torchvision", "ImageNet", "resize 256, crop 224, bilinear")
    assert (job.samples, job.claims) == (50_000, 1)
    assert job.flops == Span(2 * 0.714e9 * 50_000, 2 * 0.714e9 * 50_000)
    assert job.weights == 4 * 61_100_840


def test_what_nobody_has_evaluated_has_no_known_size(plan_of) -> None:
    job = plan_of().evaluations[0]
    assert (job.samples, job.flops) == (None, None)


@pytest.mark.parametrize(
    ("more", "size", "source"),
    [
        (", File Size: 233.087 MiB", 244_409_434, "the card's file size"),
        ("", 4 * 61_100_840, "4 bytes a parameter"),
    ],
)
def test_a_download_is_as_large_as_the_card_says_or_as_its_parameters(plan_of, more, size, source) -> None:
    assert plan_of(more=more).downloads() == [Download(url=URL, size=size, source=source)]


@pytest.mark.parametrize("number", ["1e9999", "0", "-5"])
def test_numbers_that_no_model_has_are_not_planned_with(plan_of, number) -> None:
    plan = plan_of(known=True, flops=number, parameters=number, more=f", File Size: {number}")
    (job,) = plan.evaluations
    assert (job.flops, job.weights) == (None, None)
    assert plan.downloads() == [Download(url=URL, size=None, source="unknown")]
    assert json.loads(as_json(plan))["downloads"]["files_of_unknown_size"] == 1
    print_plan(plan)


def test_what_cannot_be_verified_says_why_and_is_in_no_job(plan_of) -> None:
    reasons = {refusal.claim.subject: refusal.reason for refusal in plan_of("https://example.org/net.pth").cannot}
    assert reasons["top-1-accuracy"].startswith("weights are not fetched from 'example.org'")
    assert reasons["map"].startswith("needs transformers")
    (nowhere,) = [refusal for refusal in plan_of(here=True).cannot if refusal.claim.subject == "top-1-accuracy"]
    assert nowhere.reason.endswith("is no folder")
    (missing,) = [refusal for refusal in plan_of("gone.pth").cannot if refusal.claim.subject == "top-1-accuracy"]
    assert missing.reason == "there is no file gone.pth beside the card"
    assert all(claim.subject != "map" for claim, _ in plan_of().again)


def test_every_claim_is_reused_or_measured_or_hopeless(plan_of) -> None:
    plan = plan_of(known=True)
    assert plan.models == 1
    assert sum(plan.reused.values()) + len(plan.again) + len(plan.cannot) == 4
    assert sum(job.claims for job in plan.jobs) == len(plan.again)
    assert replace(plan, jobs=()).evaluations == ()


def test_the_card_s_classes_say_what_the_folders_mean(plan_of, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / "nowhere" / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "nowhere" / name / "one.png")
    assert plan_of(here=True, more=", Classes: [b, a]").evaluations[0].samples == 2
