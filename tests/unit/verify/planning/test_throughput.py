from dataclasses import replace
from typing import Any

import pytest

from registry.types import Claim, DatasetRef, Evidence, Location, Measurement, Quantity
from registry.verify.planning.plan import PlannedJob, PlannedModel, Seen
from registry.verify.planning.span import Span
from registry.verify.planning.throughput import estimates, seen

GPU = "a GPU"
CLAIM = Claim(
    model="net",
    subject="top-1-accuracy",
    label="Top 1 Accuracy",
    kind="ratio",
    reported=Quantity.parse("76.1%", "ratio"),
    location=Location(file="card.md"),
    dataset=DatasetRef(name="ImageNet"),
)


def evaluated(**details: Any) -> Evidence:
    fields = {"precision": "fp32", "speed": {"answering": 50.0, "reading": 5.0}} | details
    return Evidence(
        claim=CLAIM,
        verdict="reproduced",
        reason="",
        measurement=Measurement(value=0.761, method="evaluate", samples=50_000, details=fields),
        environment={"cpu": "a processor", "gpu": GPU},
    )


def job(*flops: float | None, samples: int | None = 1000, dataset: str = "ImageNet") -> PlannedJob:
    models = [
        PlannedModel(name=f"m{n}", claims=1, flops=None if count is None else Span(count, count))
        for n, count in enumerate(flops)
    ]
    return PlannedJob(kind="evaluate", models=tuple(models), samples=samples, dataset=dataset)


def speed(rate: float, **changed: Any) -> Seen:
    return replace(Seen(machine=GPU, model=f"other {rate}", answering=1e9 / rate, rate=rate), **changed)


def test_speed_is_read_from_an_evaluations_record() -> None:
    # 50 s for 50 000 samples is 1 ms a sample; 8 GFLOPs in that is 8 TFLOP/s; 5 s is 0.1 ms of reading a sample.
    observation = seen(evaluated(), "fp32", Span(8e9, 8e9))
    assert observation == Seen(machine=GPU, model="net", answering=1e-3, rate=8e12, reading=1e-4)


@pytest.mark.parametrize(
    "details",
    [
        {"precision": "bf16"},
        {"speed": {"answering": 0.2, "reading": 9.0}},
        {"speed": {"answering": float("nan"), "reading": 1.0}},
        {"speed": {"answering": "50"}},
        {"speed": None},
    ],
)
def test_another_arithmetic_too_short_a_run_and_what_is_no_time_teach_nothing(details: dict[str, Any]) -> None:
    assert seen(evaluated(**details), "fp32", None) is None


def test_a_claimed_count_that_may_be_multiply_adds_gives_no_rate() -> None:
    observation = seen(evaluated(), "fp32", Span(4e9, 8e9))
    assert observation is not None
    assert (observation.answering, observation.rate) == (1e-3, None)


def test_throughput_is_read_from_a_timing() -> None:
    timing = Measurement(value=250.0, method="time", details={"hardware": GPU})
    record = replace(evaluated(), claim=replace(CLAIM, subject="throughput"), measurement=timing)
    observation = seen(record, "fp32", Span(8e9, 8e9))
    assert observation == Seen(machine=GPU, model="net", answering=0.004, rate=2e12)


def test_seconds_are_flops_by_the_measured_rate_and_the_reading() -> None:
    # 1000 samples of 2 + 6 GFLOPs are 8 TFLOPs: 8 s at 1 TFLOP/s and 4 s at 2; reading adds 1000 x 1 ms.
    (estimate,) = estimates([job(2e9, 6e9)], [speed(1e12, reading=1e-3), speed(2e12, reading=1e-3)])
    (seconds,) = estimate.seconds
    assert seconds is not None
    assert (seconds.low, seconds.high) == (pytest.approx(5), pytest.approx(9))
    assert estimate.models == 2


def test_the_middle_half_of_the_rates_counts_where_there_are_four_and_a_models_own_speed_above_all() -> None:
    rates = [speed(n * 1e12) for n in (1, 2, 3, 4, 5)]
    (estimate,) = estimates([job(12e9)], rates)
    assert estimate.rate == Span(2e12, 4e12)
    assert estimate.seconds == (Span(3.0, 6.0),)
    (own,) = estimates([job(12e9)], [*rates, Seen(machine=GPU, model="m0", answering=0.5, rate=None)])
    assert own.seconds == (Span(500.0, 500.0),)


def test_what_nobody_measured_is_not_invented() -> None:
    assert estimates([job(1e9)], []) == []
    (estimate,) = estimates([job(None), job(1e9, samples=None), job(1e9)], [speed(1e12)])
    assert estimate.seconds == (None, None, Span(1.0, 1.0))
    assert estimate.reading is None
