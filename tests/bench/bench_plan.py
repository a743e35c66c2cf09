"""A hundred thousand models on a thousand GPUs: what a plan costs, whether the driver holds, what the bottleneck is.

Run it by hand: `python tests/bench/bench_plan.py [--parts plan driver ray world] [--models 1000 10000 100000]
[--driven 1000 10000] [--gpus 1000]`. Parts that are left out keep the figures that they had.

The models are torchvision's 138 classifiers of `models/` again and again under new names, with the sizes and FLOPs of
their cards and evidence; ten of them are of videos, whose data is not given. Planner, driver, retries and store are
the real ones; only the GPUs are not: an engine with a clock of its own takes each job, lets it last as long as its
arithmetic and reading would, and answers what the cards say, with as much detail as a real evaluation on 1000 classes.
The rate of a GPU and of the network are assumptions, printed with the figures; what decoding a picture costs and
everything that the driver does is measured.

The same jobs then go over a real Ray cluster of this machine, with a fake evaluator: what one driver hands out.
The figures go to `tests/bench/results/plan-<device>.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench_plan_world import (
    Costs,
    Faked,
    Simulated,
    answer_at_once,
    decode_seconds,
    evaluated,
    in_order,
    make_dataset,
    make_models,
    options_for,
)
from longest_first import longest_first
from measure import ROOT, Command, measure

from registry.evidence import Store
from registry.verify.accuracy import Accuracy
from registry.verify.engines import Resources, run
from registry.verify.measurers import MeasureOptions, measurers
from registry.verify.planning import costs_of, make_plan
from registry.verify.planning.plan import Plan, PlannedJob, PlannedModel
from registry.verify.run import verify

RATES = (10e12, 40e12, 160e12)
"""FLOPs a second that a GPU is assumed to reach."""

NETWORKS = (10e9 / 8, 100e9 / 8)
"""Bytes a second that all machines together are assumed to download with."""

CORES = 16
"""Cores that decode for one GPU."""


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=PARTS)
    parser.add_argument("--models", type=int, nargs="*", default=[1000, 10_000, 100_000])
    parser.add_argument("--driven", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--gpus", type=int, default=1000)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        part, number = options.child
        print(json.dumps(PARTS[part](int(number), options.gpus)))
        return
    numbers = {"plan": options.models, "driver": options.driven, "ray": [2000], "world": [max(options.models)]}
    device = f"cpu-{len(os.sched_getaffinity(0))}core"
    results = Path(__file__).with_name("results") / f"plan-{device}.json"
    figures: dict[str, Any] = json.loads(results.read_text()) if results.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MIR_CACHE"] = f"{folder}/cache"
        os.environ["MIR_BENCH"] = folder
        make_dataset(Path(folder) / "imagenet")
        time.sleep(3)  # files that were written a moment ago are not trusted to tell of their next change
        _child("plan", 100)  # the first one takes the dataset's digests and builds each architecture
        for part in options.parts:
            figures[part] = [_child(part, number) for number in numbers[part]]
    text = json.dumps({"device": device, "gpus": options.gpus} | figures, indent=2)
    print(text)
    results.write_text(text + "\n", encoding="utf-8")


def _child(part: str, number: int) -> dict[str, Any]:
    """One part in a process of its own, so that its memory is its own."""
    words = [sys.executable, __file__, *sys.argv[1:], "--child", part, str(number)]
    ran = measure(Command(words=words, cwd=ROOT))
    figures: dict[str, Any] = json.loads(ran.output.splitlines()[-1])
    print(part, number, json.dumps(figures), flush=True)
    return figures


def _plan(models: int, _: int) -> dict[str, Any]:
    """A plan of models of which nothing is known yet."""
    folder = Path(os.environ["MIR_BENCH"])
    work, options = make_models(models), options_for(folder)
    before = _memory()
    start, cpu = time.perf_counter(), time.process_time()
    ways = measurers(work, MeasureOptions(evaluation=options), lambda *_: None)
    plan = make_plan(work, ways, Store(folder / "none"), options)
    costs = costs_of(plan)
    return {
        "models": models,
        "claims": sum(len(job.claims) for job in work),
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu,
        "memory_mib": _memory(),
        "memory_of_models_mib": before,
        "flops": costs.flops.low,
        "download_bytes": costs.download,
    }


def _drive(models: int, gpus: int) -> dict[str, Any]:
    """A run of the real driver over simulated GPUs, then a run that finds everything settled."""
    folder = Path(os.environ["MIR_BENCH"])
    work, options = make_models(models), options_for(folder)
    store = Store(folder / f"evidence-{models}")
    engine = Simulated(gpus, Costs.read(), rate=RATES[1], decode=0.01, cores=CORES, options=options)
    start, cpu = time.perf_counter(), time.process_time()
    verdicts = Counter(
        outcome.evidence.verdict for outcome in verify(work, [Accuracy(options, engine)], store, wanted=evaluated)
    )
    seconds, spent = time.perf_counter() - start - engine.faking, time.process_time() - cpu
    peak = _memory()
    files = [file.stat().st_size for file in store.folder.rglob("*.json")]
    start = time.perf_counter()
    reused = sum(outcome.reused for outcome in verify(work, [Accuracy(options, engine)], store, wanted=evaluated))
    again = time.perf_counter() - start
    outcomes = sum(verdicts.values())
    writing = sum(engine.served)
    return {
        "models": models,
        "outcomes": outcomes,
        "verdicts": dict(verdicts),
        "jobs": len(engine.served),
        "seconds": seconds,
        "cpu_seconds": spent,
        "memory_mib": peak,
        "seconds_before_the_first_job": engine.first - engine.created,
        "outcomes_a_second": outcomes / writing,
        "outcomes_a_cpu_second": outcomes / engine.serving,
        "jobs_a_second": len(engine.served) / writing,
        "evidence_bytes_a_file": sum(files) / len(files),
        "evidence_files": len(files),
        "reuse_seconds": again,
        "reused_a_second": reused / again,
        "reused": reused,
    }


def _ray(models: int, _: int) -> dict[str, Any]:
    """The same jobs over a real Ray cluster of this machine, with an evaluator that answers at once."""
    from registry.verify.engines.ray_connection import connected

    folder = Path(os.environ["MIR_BENCH"])
    options = options_for(folder)
    work = make_models(models)
    store = Store(folder / "evidence-ray")
    with connected(None) as cluster:
        engine = Faked(cluster, options)
        list(verify(work[:64], [Accuracy(options, engine)], store, wanted=evaluated))  # starts the workers
        engine.tasks = 0
        start, cpu = time.perf_counter(), time.process_time()
        outcomes = sum(1 for _ in verify(work[64:], [Accuracy(options, engine)], store, wanted=evaluated))
        seconds, spent = time.perf_counter() - start, time.process_time() - cpu
        start = time.perf_counter()
        empty = sum(1 for _ in run(cluster, answer_at_once, ((number, Resources()) for number in range(models))))
        empty_seconds = time.perf_counter() - start
    return {
        "empty_tasks_a_second": empty / empty_seconds,
        "tasks": engine.tasks,
        "outcomes": outcomes,
        "seconds": seconds,
        "tasks_a_second": engine.tasks / seconds,
        "outcomes_a_second": outcomes / seconds,
        "driver_cpu_seconds": spent,
        "outcomes_a_driver_cpu_second": outcomes / spent,
    }


def _world(models: int, gpus: int) -> dict[str, Any]:
    """How long the GPUs take, in which order, and what they wait for, with the planner's own jobs."""
    folder = Path(os.environ["MIR_BENCH"])
    work, options = make_models(models), options_for(folder)
    ways = measurers(work, MeasureOptions(evaluation=options), lambda *_: None)
    plan = make_plan(work, ways, Store(folder / "none"), options, wanted=evaluated)
    decode, size = decode_seconds()
    return {
        "models": models,
        "decode_seconds_a_picture_and_core": decode,
        "picture_bytes": size,
        "cores_a_gpu": CORES,
        "by_rate": [_at(plan, rate, decode, gpus) for rate in RATES],
        "by_models_in_a_pass": [_split(plan, most, decode, gpus) for most in (1, 2, 4, 8)],
        "by_weights_in_a_pass": [
            _split(plan, 8, decode, gpus, weights=gigabytes * 2**30) for gigabytes in (1, 2, 4, 8)
        ],
    }


def _at(plan: Plan, rate: float, decode: float, gpus: int) -> dict[str, Any]:
    jobs = plan.evaluations
    reading = [(job.samples or 0) * decode / CORES for job in jobs]
    computing = [_flops(job) / rate for job in jobs]
    times = [max(pair) for pair in zip(reading, computing, strict=True)]
    best = longest_first(times, gpus)
    claims = sum(job.claims for job in jobs)
    by_weights = sorted(range(len(jobs)), key=lambda at: -(jobs[at].weights or 0))
    files = [sum(model.download.size or 0 for model in job.models if model.download) for job in jobs]
    fetched = {
        network: [seconds + size * gpus / network for seconds, size in zip(times, files, strict=True)]
        for network in NETWORKS
    }
    return {
        "flops_a_second": rate,
        "gpu_hours": sum(times) / 3600,
        "computing_gpu_hours": sum(computing) / 3600,
        "gpu_hours_for_reading_alone": sum(reading) / 3600,
        "jobs_bound_by_reading": sum(a > b for a, b in zip(reading, computing, strict=True)),
        "ideal_hours": sum(times) / gpus / 3600,
        "longest_job_hours": max(times) / 3600,
        "makespan_hours": {
            "in the order of the cards": in_order(times, gpus) / 3600,
            "most weights first": in_order([times[at] for at in by_weights], gpus) / 3600,
            "longest first": best.makespan / 3600,
        },
        "outcomes_a_second": claims / best.makespan,
        "download_bytes": sum(files),
        "download_bits_a_second_to_keep_up": sum(files) * 8 / best.makespan,
        "makespan_hours_with_downloads": {
            f"{network * 8 / 1e9:g} Gbit/s": longest_first(hours, gpus).makespan / 3600
            for network, hours in fetched.items()
        },
    }


def _split(plan: Plan, most: int, decode: float, gpus: int, *, weights: float = float("inf")) -> dict[str, Any]:
    """The same with fewer models in a pass, or fewer bytes of weights: more reading, shorter jobs."""
    together: dict[tuple[str, str, int], list[PlannedModel]] = {}
    for job in plan.evaluations:
        together.setdefault((job.library, job.transform, job.samples or 0), []).extend(job.models)
    times = [
        samples * max(decode / CORES, sum(flops) / RATES[1])
        for (_, _, samples), models in together.items()
        for flops in _passes(models, most, weights)
    ]
    return {
        "models_in_a_pass": most,
        "weights_in_a_pass_gib": None if weights == float("inf") else weights / 2**30,
        "flops_a_second": RATES[1],
        "jobs": len(times),
        "gpu_hours": sum(times) / 3600,
        "longest_job_hours": max(times) / 3600,
        "makespan_hours": longest_first(times, gpus).makespan / 3600,
        "ideal_hours": sum(times) / gpus / 3600,
    }


def _passes(models: Sequence[PlannedModel], most: int, weights: float) -> Iterator[list[float]]:
    """FLOPs of the models of each pass, as the planner fills them."""
    passed: list[float] = []
    load = 0
    for model in models:
        if passed and (len(passed) == most or load + (model.weights or 0) > weights):
            yield passed
            passed, load = [], 0
        passed.append(model.flops.low if model.flops is not None else 0.0)
        load += model.weights or 0
    yield passed


def _flops(job: PlannedJob) -> float:
    assert job.flops is not None, "all of torchvision's models are counted"
    return job.flops.low


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PARTS = {"plan": _plan, "driver": _drive, "ray": _ray, "world": _world}


if __name__ == "__main__":
    main()
