"""What `mir verify --plan` prints: a summary for people, every job for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

import click

from registry.numbers import counted
from registry.report.output import plain
from registry.report.terminal_table import TerminalColumn, lay_out, terminal_width
from registry.types import VERDICTS
from registry.verify.planning.costs import Costs, costs_of
from registry.verify.planning.plan import Estimate, Plan, PlannedJob
from registry.verify.planning.span import Span, total

_LISTED = 12
"""Reasons of one kind that the summary lists; JSON has all."""


def as_json(plan: Plan) -> str:
    """The plan as JSON text. Spans are `[low, high]`, and `null` is what nobody knows."""
    costs = costs_of(plan)
    data = {
        "models": plan.models,
        "reused": {verdict: plan.reused[verdict] for verdict in VERDICTS if plan.reused.get(verdict)},
        "measured": [{"reason": reason, "claims": claims} for reason, claims in costs.again.most_common()],
        "unverifiable": [
            {"reason": reason, "claims": claims, "models": models} for reason, claims, models in costs.cannot
        ],
        "jobs": [_job(job) for job in plan.jobs],
        "downloads": {
            "files": costs.files,
            "here": costs.here,
            "bytes": costs.download,
            "bytes_by_source": dict(costs.sources),
            "files_of_unknown_size": costs.unsized,
        },
        "flops": {"known": _pair(costs.flops), "jobs_unknown": costs.jobs_without_flops},
        "weights_on_a_device_bytes": costs.largest,
        "estimates": [_estimate(plan, estimate) for estimate in costs.estimates],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def print_plan(plan: Plan) -> None:
    """Print the summary."""
    if plan.jobs:
        click.echo("\n".join((*_table(plan.jobs), "")))
    click.echo("\n".join(map(plain, _lines(plan))))


def _lines(plan: Plan) -> Iterator[str]:
    costs = costs_of(plan)
    reused = ", ".join(f"{plan.reused[verdict]} {verdict}" for verdict in VERDICTS if plan.reused.get(verdict))
    yield f"{counted(plan.models, 'model')}; no claim was measured, nothing downloaded, no evidence written"
    fresh = counted(sum(plan.reused.values()), "claim")
    yield f"reused      {fresh} with fresh evidence{f': {reused}' if reused else ''}"
    yield from _reasons("to measure", costs.again.total(), costs.again.most_common())
    cannot = [(reason, claims) for reason, claims, _ in costs.cannot]
    yield from _reasons("cannot be verified here", sum(claims for _, claims in cannot), cannot)
    yield from _costs(plan, costs)


def _costs(plan: Plan, costs: Costs) -> Iterator[str]:
    sources = "; ".join(f"{_bytes(size)} by {source}" for source, size in costs.sources.most_common())
    unsized = f", and {counted(costs.unsized, 'file')} of unknown size" if costs.unsized else ""
    yield (
        f"downloads   {_bytes(costs.download)}{f' ({sources})' if sources else ''}{unsized}; "
        f"{costs.here} of {counted(costs.files, 'file')} here"
    )
    unknown = f", and {counted(costs.jobs_without_flops, 'job')} of unknown size" if costs.jobs_without_flops else ""
    yield f"FLOPs       {_scaled(costs.flops, 'FLOPs')}{unknown}"
    if costs.largest:
        yield f"GPU memory  {_bytes(costs.largest)} of weights in the largest job; activations come on top"
    if not plan.evaluations:
        return
    for estimate in costs.estimates:
        yield _estimated(plan, estimate)
    if not costs.estimates:
        yield (
            "time        no estimate, because the evidence holds no measured speed; verify some of these models "
            "to learn it"
        )


def _estimated(plan: Plan, estimate: Estimate) -> str:
    learnt = f"{counted(estimate.models, 'model')} measured there"
    work, unknown = total(estimate.seconds)
    if unknown == len(estimate.seconds):
        return f"time        no estimate for {estimate.machine}: {learnt}, and none says how fast these run"
    rate = "" if estimate.rate is None else f" at {_scaled(estimate.rate, 'FLOP/s')}"
    reading = "" if estimate.reading is not None else ", without reading the data, which was not measured"
    left = f", without {counted(unknown, 'job')} of unknown length" if unknown else ""
    late = f"; {counted(_late(plan, estimate), 'job')} may pass --time-limit" if _late(plan, estimate) else ""
    return f"time        {_time(work)} on one {estimate.machine}, from {learnt}{rate}{reading}{left}{late}"


def _late(plan: Plan, estimate: Estimate) -> int:
    """How many jobs may take longer than a job may in a worker."""
    jobs = zip(estimate.seconds, plan.evaluations, strict=True)
    return sum(seconds is not None and seconds.high > job.limit for seconds, job in jobs)


def _table(jobs: Sequence[PlannedJob]) -> list[str]:
    """One row for all jobs that differ in their models alone."""
    columns = [TerminalColumn(name=name, least=10) for name in ("Work", "Library", "Dataset", "Transform")]
    columns += [TerminalColumn(name=name, right=True) for name in ("Jobs", "Models", "Claims", "Samples")]
    rows = []
    groups: dict[tuple[str, ...], list[PlannedJob]] = {}
    for job in jobs:
        groups.setdefault((job.task or job.kind, job.library, job.dataset, job.transform), []).append(job)
    for about, same in groups.items():
        samples = {job.samples for job in same}
        number = samples.pop() if len(samples) == 1 else None
        counts = (len(same), sum(len(job.models) for job in same), sum(job.claims for job in same), number)
        rows.append(
            [*(plain(text or "-") for text in about), *("-" if count is None else str(count) for count in counts)]
        )
    return lay_out(columns, rows, terminal_width())


def _reasons(title: str, claims: int, reasons: Sequence[tuple[str, int]]) -> Iterator[str]:
    if reasons:
        yield f"{title:11} {counted(claims, 'claim')}:"
    for reason, number in reasons[:_LISTED]:
        yield f"            {number:>6}  {reason}"
    if len(reasons) > _LISTED:
        rest = sum(number for _, number in reasons[_LISTED:])
        yield f"            {rest:>6}  for {len(reasons) - _LISTED} other reasons, which --format json lists"


def _job(job: PlannedJob) -> dict[str, Any]:
    return {
        "kind": job.kind,
        "task": job.task or None,
        "library": job.library or None,
        "dataset": job.dataset or None,
        "transform": job.transform or None,
        "samples": job.samples,
        "claims": job.claims,
        "flops": None if job.flops is None else _pair(job.flops),
        "weights_bytes": job.weights,
        "memory_bytes": job.memory or None,
        "limit_seconds": job.limit if math.isfinite(job.limit) else None,
        "models": [
            {
                "model": model.name,
                "claims": model.claims,
                "flops_a_sample": None if model.flops is None else _pair(model.flops),
                "flops_source": model.flops_source,
                "download": None
                if model.download is None
                else {"url": model.download.url, "bytes": model.download.size, "source": model.download.source},
            }
            for model in job.models
        ],
    }


def _estimate(plan: Plan, estimate: Estimate) -> dict[str, Any]:
    work, unknown = total(estimate.seconds)
    return {
        "machine": estimate.machine,
        "models_measured": estimate.models,
        "flops_per_second": None if estimate.rate is None else _pair(estimate.rate),
        "reading_seconds_a_sample": None if estimate.reading is None else _pair(estimate.reading),
        "seconds": _pair(work),
        "jobs_unknown": unknown,
        "jobs_over_time_limit": _late(plan, estimate),
    }


def _pair(span: Span) -> list[float]:
    return [span.low, span.high]


def _bytes(number: float) -> str:
    return _scaled(Span(number, number), "B")


def _scaled(span: Span, unit: str) -> str:
    for power, prefix in ((18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k")):
        if span.high >= 10**power:
            return f"{_between(span * 10**-power)} {prefix}{unit}"
    return f"{_between(span)} {unit}"


def _time(seconds: Span) -> str:
    """Seconds as people say them."""
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds.high >= 2 * length:
            return f"{_between(seconds * (1 / length))} {unit}"
    return f"{_between(seconds)} seconds"


def _between(span: Span) -> str:
    """Two digits say all that is known."""
    low, high = (f"{number:.2g}" if number < 100 else f"{number:.0f}" for number in (span.low, span.high))
    return low if low == high else f"{low} to {high}"
