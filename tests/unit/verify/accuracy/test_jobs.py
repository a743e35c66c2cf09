"""How an evaluation is cut into jobs: every claim in one, nothing loaded, linear in the models."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import pytest
from torch import nn

from registry.claims import ModelClaims, read_claims
from registry.loader import load
from registry.types import BuildError
from registry.verify.accuracy import EvaluationOptions
from registry.verify.accuracy.jobs import (
    BASE_MEMORY,
    GIB,
    WEIGHTS_IN_A_PASS,
    EvaluationJob,
    evaluation_jobs,
    memory_of,
    passes,
)
from registry.verify.accuracy.options import MODELS_IN_A_PASS
from registry.verify.builders import own
from registry.verify.builders.package import Builder
from registry.verify.target import Preprocessing
from registry.verify.tasks import task_of

ROOT = Path(__file__).resolve().parents[4]
SMALL, LARGE = Preprocessing(resize=24, crop=20), Preprocessing(resize=40, crop=36)


class Tiny(nn.Module):
    """1000 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(nn.init.zeros_(nn.Linear(1000, 1, bias=False).weight))


class Huge(nn.Module):
    """A model that no machine here could hold: it exists on the meta device only."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(1 << 20, 1 << 10)


@pytest.fixture
def builders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(own.BUILDERS, "small", Builder(build=Tiny, preprocessing=SMALL))
    monkeypatch.setitem(own.BUILDERS, "large", Builder(build=Tiny, preprocessing=LARGE))
    monkeypatch.setitem(own.BUILDERS, "huge", Builder(build=Huge, preprocessing=SMALL))


def claims(folder: Path, models: Sequence[tuple[str, str]]) -> tuple[ModelClaims, ...]:
    card = folder / "cards.yml"
    card.write_text(
        "Models:\n"
        + "".join(
            f"- Name: m{number}\n  Builder: registry:{builder}\n  Weights: gone.pth\n  Results:\n"
            f"  - Task: Image Classification\n    Dataset: {dataset}\n    Metrics: {{Top 1 Accuracy: 50%}}\n"
            for number, (builder, dataset) in enumerate(models)
        )
    )
    return read_claims(load([card]))


def options(folder: Path, *datasets: str) -> EvaluationOptions:
    return EvaluationOptions(data=dict.fromkeys(datasets, folder / "on another machine"), cache=folder / "cache")


def names(job: EvaluationJob) -> list[str]:
    return [model_claims.model.name for model_claims in job.work]


@pytest.mark.usefixtures("builders")
def test_models_that_share_library_dataset_and_transform_are_one_job(tmp_path: Path) -> None:
    work = claims(tmp_path, [("small", "CIFAR10"), ("large", "CIFAR-10"), ("small", "Set"), ("small", "cifar-10")])
    jobs, rejected = evaluation_jobs(work, options(tmp_path, "cifar10", "set"), gpus=1)
    assert rejected == []
    assert [(job.dataset, job.transform.crop, names(job), job.library) for job in jobs] == [
        ("CIFAR-10", 20, ["m0", "m3"], "registry"),
        ("CIFAR-10", 36, ["m1"], "registry"),
        ("set", 20, ["m2"], "registry"),
    ]
    assert [job.gpus for job in jobs] == [1, 1, 1]
    assert jobs[0].memory == memory_of([4000, 4000]) == BASE_MEMORY + 12000
    assert pickle.loads(pickle.dumps(jobs)) == jobs
    assert [[model_claims.model.name for model_claims in models] for models in passes(jobs)] == [
        ["m0", "m3", "m1"],
        ["m2"],
    ]


@pytest.mark.usefixtures("builders")
def test_a_job_is_bounded_in_models_and_in_memory(tmp_path: Path) -> None:
    work = claims(tmp_path, [("small", "set")] * (MODELS_IN_A_PASS + 1) + [("huge", "set")] * 3)
    jobs, _ = evaluation_jobs(work, options(tmp_path, "set"))
    # A model of 4 GiB and 4 KiB is by itself more than a pass holds, and runs alone.
    assert [len(job.work) for job in jobs] == [MODELS_IN_A_PASS, 1, 1, 1, 1]
    assert WEIGHTS_IN_A_PASS == 4 * GIB
    assert jobs[-1].memory > BASE_MEMORY + 2 * 4 * GIB
    assert [len(models) for models in passes(jobs)] == [MODELS_IN_A_PASS, 4]


@pytest.mark.usefixtures("builders")
def test_what_no_machine_can_evaluate_is_said_at_once(tmp_path: Path) -> None:
    work = claims(tmp_path, [("small", "nowhere"), ("unheard of", "set"), ("small", "set")])
    jobs, rejected = evaluation_jobs(work, options(tmp_path, "set"))
    assert [names(job) for job in jobs] == [["m2"]]
    assert [(outcome.claim.model, outcome.verdict) for outcome in rejected] == [
        ("m0", "unverifiable"),
        ("m1", "unverifiable"),
    ]
    assert rejected[0].reason == "nowhere is not here; give its folder with --data nowhere=PATH"


def test_each_architecture_is_built_once_and_every_claim_is_in_one_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[int] = []

    def build() -> nn.Module:
        built.append(1)
        raise BuildError("it would only say so again")

    monkeypatch.setitem(own.BUILDERS, "broken", Builder(build=build, preprocessing=SMALL))
    work = (
        *claims(tmp_path, [("broken", "set")] * 20),
        *read_claims(load([ROOT / "models" / "torchvision" / "resnet.md"])),
    )
    jobs, rejected = evaluation_jobs(work, options(tmp_path, "set", "imagenet", "kinetics-400"))
    assert len(built) <= 2, "a model that does not build on the meta device is tried in a second way"
    placed = [claim.digest for job in jobs for model_claims in job.work for claim in model_claims.claims]
    placed += [outcome.claim.digest for outcome in rejected]
    evaluated = [claim.digest for model_claims in work for claim in model_claims.claims if task_of(claim)]
    assert sorted(placed) == sorted(evaluated)
