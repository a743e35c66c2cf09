from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from registry.evidence import Store
from registry.types import Evidence
from registry.verify.accuracy import verify_accuracy
from registry.verify.accuracy.accuracy_measurer import Accuracy
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.builders import own
from registry.verify.builders.package import Builder
from registry.verify.predictions import load as load_predictions
from registry.verify.target import Preprocessing
from registry.verify.tasks import Classification

World = Any
Make = Callable[..., World]


def share(world: World) -> str:
    return f"{world.accuracy['right'] / world.accuracy['all']:.2%}"


def top1(world: World) -> str:
    return f"      Top 1 Accuracy: {share(world)}\n"


def test_a_claim_is_reproduced_with_all_that_it_depends_on(make_world: Make) -> None:
    world = make_world()
    first, second = world.verify(metrics=top1(world) + "      Top 5 Accuracy: 12%\n")
    assert (first.verdict, second.verdict) == ("reproduced", "refuted")
    assert first.measurement.samples == world.accuracy["all"]
    assert set(first.digests) == {"weights", "dataset", "preprocessing", "evaluation"}
    assert first.measurement.details["preprocessing"]["interpolation"] == "bicubic"
    assert first.measurement.details["speed"]["answering"] > 0
    assert sum(int(ratio.split("/")[1]) for ratio in first.measurement.details["per_class"].values()) == 360


def test_an_unreadable_picture_is_named_and_counts_as_wrong(make_world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    pictures = (world.folder / "grain").resolve()
    (world.folder / "grain").unlink()
    shutil.copytree(pictures, world.folder / "grain")
    (world.folder / "grain" / "class 2" / "003.png").write_bytes(b"broken")
    (outcome,) = world.verify(metrics=top1(world))
    assert "1 could not be read: class 2/003.png" in outcome.reason
    assert outcome.measurement.samples == 360
    assert outcome.measurement.details["unreadable_count"] == 1
    assert list(outcome.measurement.details["unreadable"]) == ["class 2/003.png"]


def test_predictions_are_kept_and_give_the_same_number(make_world: Make) -> None:
    world = make_world()
    store = Store(world.folder / "evidence")
    (outcome,) = world.verify(metrics=top1(world), predictions=store)
    reference = outcome.measurement.details["predictions"]
    predictions = load_predictions(store.folder / reference["file"])
    assert Classification().score(predictions, "accuracy").value == outcome.measurement.value
    assert predictions.samples[0] == "class 0/000.png"
    assert predictions.digests == {name: outcome.digests[name] for name in ("weights", "dataset", "preprocessing")}


def test_quick_refutes_a_wrong_claim_early_and_lets_a_right_one_stand(
    make_world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    (wrong,) = world.verify(metrics="      Top 1 Accuracy: 20%\n", quick=True, batch_size=10)
    assert wrong.verdict == "refuted"
    assert wrong.measurement.samples < 100
    assert wrong.measurement.interval[0] > 0.2
    assert "drawn at random from 360" in wrong.reason
    (right,) = world.verify(metrics=top1(world), quick=True, batch_size=10)
    assert (right.verdict, right.measurement.samples) == ("reproduced", 360)
    monkeypatch.setattr("registry.evidence.rejudge.score.TOLERANCE", Decimal("0.2"))
    (right,) = world.verify(metrics=top1(world), quick=True, batch_size=10)
    assert right.verdict == "within-tolerance"
    assert right.measurement.samples < 360
    assert wrong.digests["evaluation"] != world.verify(metrics=top1(world))[0].digests["evaluation"]


def test_what_changed_makes_evidence_stale_and_quick_evidence_does_not_settle_a_full_run(make_world: Make) -> None:
    world = make_world()
    (outcome,) = world.verify(metrics=top1(world))
    from registry.loader import load

    model = load([world.folder / "card.md"]).models[0]
    options = {"data": {"grain": world.folder / "grain"}, "cache": world.folder / "cache", "device": "cpu"}

    def now(**changed: Any) -> dict[str, str]:
        return dict(Accuracy(EvaluationOptions(**(options | changed))).digests(model, outcome.claim))

    assert now() == outcome.digests
    assert "evaluation" not in now(quick=True)
    assert now(precision="bf16")["evaluation"] != outcome.digests["evaluation"]
    assert now(preprocessing={"Crop Pct": "0.5"})["preprocessing"] != outcome.digests["preprocessing"]
    assert "dataset" not in now(data={})
    save_file({"centres": torch.zeros(6, 2)}, world.folder / "grain.safetensors")
    assert now()["weights"] != outcome.digests["weights"]
    digest = "ab" * 32
    card = world.folder / "card.md"
    card.write_text(card.read_text().replace("    Batch Size: 1", f"    SHA256: '{digest}'"))
    digests = Accuracy(EvaluationOptions(**options)).digests(load([card]).models[0], outcome.claim)
    assert digests["weights"] != outcome.digests["weights"], "the card's own word changed: it is another file"


@pytest.mark.parametrize(
    ("state", "reason_part"),
    [
        ({"centres": torch.zeros(6, 3)}, "centres is 6x3 and should be 6x2"),
        ({"centre": torch.zeros(6, 2)}, "1 missing: centres; 1 unexpected: centre"),
    ],
)
def test_weights_that_do_not_fit_are_an_error(
    make_world: Make, state: dict[str, torch.Tensor], reason_part: str
) -> None:
    world = make_world()
    save_file(state, world.folder / "grain.safetensors")
    (outcome,) = world.verify(metrics=top1(world))
    assert outcome.verdict == "error"
    assert reason_part in outcome.reason


class Broken(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.zeros(6, 2))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        raise ValueError("no idea")


class Unbuildable(nn.Module):
    def __init__(self) -> None:
        raise OSError("no such thing")


def test_a_model_that_fails_is_an_error_and_one_that_cannot_be_built_is_unverifiable(
    make_world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    preprocessing = Preprocessing(resize=24, crop=20)
    monkeypatch.setitem(own.BUILDERS, "grain", Builder(build=Broken, preprocessing=preprocessing))
    (outcome,) = world.verify(metrics=top1(world))
    assert (outcome.verdict, outcome.reason) == ("error", "the model failed on grain: ValueError: no idea")
    monkeypatch.setitem(own.BUILDERS, "grain", Builder(build=Unbuildable, preprocessing=preprocessing))
    (outcome,) = world.verify(metrics=top1(world))
    assert outcome.verdict == "unverifiable"
    assert "cannot build grain: OSError: no such thing" in outcome.reason


def test_weights_that_moved_are_found_at_their_library_s_own_place(
    make_world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.download.http import GoneError
    from registry.verify.accuracy import trial
    from registry.verify.target import WeightsRef
    from registry.verify.weights import fetch

    world = make_world()
    beside = str(world.folder)
    resolve = trial.resolve
    ref = WeightsRef(url="grain.safetensors", base=beside)
    monkeypatch.setattr(trial, "resolve", lambda model, **options: replace(resolve(model, **options), weights=ref))

    def gone(ref: WeightsRef, **options: Any) -> Any:
        if ref.url.startswith("https"):
            raise GoneError(f"{ref.url} is not there")
        return fetch(ref, **options)

    monkeypatch.setattr(trial, "fetch", gone)
    metrics = top1(world)
    world.verify(metrics=metrics)
    card = world.folder / "card.md"
    card.write_text(card.read_text().replace("Weights: grain.safetensors", "Weights: https://example.org/old.pth"))
    from registry.claims import read_claims
    from registry.loader import load

    options = EvaluationOptions(data={"grain": world.folder / "grain"}, cache=world.folder / "cache", device="cpu")
    (outcome,) = verify_accuracy(read_claims(load([card])), options)
    assert outcome.verdict == "reproduced"
    assert outcome.reason.endswith("the card's old.pth is gone; registry now has grain.safetensors")


def test_a_url_must_give_the_weights_that_it_gave_before(make_world: Make) -> None:
    world = make_world()
    (outcome,) = world.verify(metrics=top1(world))
    earlier = Evidence(
        claim=outcome.claim,
        verdict="reproduced",
        reason="",
        measurement=outcome.measurement,
        digests=outcome.digests | {"weights": "sha256:" + "0" * 64},
    )
    (local,) = world.verify(metrics=top1(world), earlier=lambda _: earlier)
    assert local.verdict == "reproduced", "a file beside the card may change"


@pytest.mark.parametrize("batch", [None, 4])
def test_a_program_of_torch_export_runs_only_when_trusted(
    make_world: Make, fitted: type[nn.Module], batch: int | None
) -> None:
    world = make_world()
    model = fitted().eval()
    model.load_state_dict(load_file(world.folder / "grain.safetensors"))
    shapes = None if batch else ({0: torch.export.Dim("batch")},)
    program = torch.export.export(model, (torch.zeros(batch or 2, 3, 20, 20),), dynamic_shapes=shapes)
    torch.export.save(program, world.folder / "grain.pt2")
    card = {
        "metrics": top1(world),
        "metadata": ["Image Size: 20", "Crop Pct: 0.8333", "Interpolation: bicubic"],
        "builder": "torch.export:grain.pt2",
        "weights": "grain.pt2",
    }
    (outcome,) = world.verify(**card)
    assert (outcome.verdict, outcome.reason) == (
        "error",
        "grain.pt2 is a torch.export program, which is code; --trust runs it",
    )
    (outcome,) = world.verify(**card, trust=True)
    assert outcome.verdict == "reproduced", outcome.reason
    (outcome,) = world.verify(**{**card, "builder": "registry:grain"}, trust=True)
    assert "the card needs 'Builder: torch.export:grain.pt2'" in outcome.reason


def test_progress_is_told(make_world: Make) -> None:
    world = make_world()
    calls: list[tuple[int, int, str]] = []
    world.verify(metrics=top1(world), batch_size=128, progress=lambda *call: calls.append(call))
    assert calls == [(128, 360, "grain"), (256, 360, "grain"), (360, 360, "grain")]


def test_batches_workers_and_devices_do_not_change_the_score(make_world: Make) -> None:
    world = make_world()
    values = {
        world.verify(metrics=top1(world), **options)[0].measurement.value
        for options in ({"batch_size": 1}, {"batch_size": 7, "device": "cpu,cpu"}, {"workers": 2}, {"prepare": False})
    }
    assert len(values) == 1
    assert np.isclose(values.pop(), world.accuracy["right"] / world.accuracy["all"])


@pytest.mark.parametrize("changed", [{"precision": "bf16"}, {"preprocessing": {"Interpolation": "bilinear"}}])
def test_what_the_caller_sets_over_the_cards_own_is_no_verdict_on_it(make_world: Make, changed: dict[str, Any]) -> None:
    world = make_world()
    (outcome,) = world.verify(metrics=top1(world), **changed)
    assert outcome.verdict == "unverifiable"
    ((name, value),) = changed.get("preprocessing", changed).items()
    assert f"measured with {name}={value} over the card's own, so that it is no verdict on the card" in outcome.reason
    assert outcome.measurement is not None
    assert outcome.measurement.details["overrides"] == {name: value}
