"""The totals of a plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from registry.verify.planning.plan import Estimate, Plan
from registry.verify.planning.span import Span, total
from registry.verify.planning.throughput import estimates


@dataclass(frozen=True, kw_only=True, slots=True)
class Costs:
    """Totals.

    Attributes:
        again: How many claims are measured, by why.
        cannot: (reason, claims, models), the most claims first.
        files: Files of weights.
        here: Those that need no download.
        download: Bytes to download, of the files whose size is known.
        sources: The same bytes by who says so.
        unsized: Files to download whose size nobody says.
        flops: Of all evaluations whose FLOPs are known.
        jobs_without_flops: Evaluations whose FLOPs are not.
        largest: Most bytes of weights that one job puts on a device.
        estimates: How long the evaluations take, by kind of machine.
    """

    again: Counter[str]
    cannot: tuple[tuple[str, int, int], ...]
    files: int
    here: int
    download: int
    sources: Counter[str]
    unsized: int
    flops: Span
    jobs_without_flops: int
    largest: int
    estimates: tuple[Estimate, ...]


def costs_of(plan: Plan) -> Costs:
    """Add a plan up."""
    files = plan.downloads()
    away = [file for file in files if file.size != 0]
    sources: Counter[str] = Counter()
    for file in away:
        sources[file.source] += file.size or 0
    jobs = plan.evaluations
    flops, unknown = total(job.flops for job in jobs)
    return Costs(
        again=Counter(why for _, why in plan.again),
        cannot=_reasons(plan),
        files=len(files),
        here=len(files) - len(away),
        download=sum(file.size or 0 for file in away),
        sources=+sources,
        unsized=sum(file.size is None for file in away),
        flops=flops,
        jobs_without_flops=unknown,
        largest=max((job.weights or 0 for job in plan.evaluations), default=0),
        estimates=tuple(estimates(jobs, plan.speeds)),
    )


def _reasons(plan: Plan) -> tuple[tuple[str, int, int], ...]:
    claims: Counter[str] = Counter(rejection.reason for rejection in plan.cannot)
    models: dict[str, set[str]] = {}
    for rejection in plan.cannot:
        models.setdefault(rejection.reason, set()).add(rejection.claim.model)
    return tuple((reason, number, len(models[reason])) for reason, number in claims.most_common())
