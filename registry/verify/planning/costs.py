"""The totals of a plan, and how its jobs spread over machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from registry.verify.planning.plan import Estimate, Plan, PlannedJob
from registry.verify.planning.schedule import longest_first
from registry.verify.planning.span import Span, total
from registry.verify.planning.throughput import estimates


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """The jobs on machines that are alike, by an estimate; times in seconds.

    Attributes:
        machines: How many.
        work: Of all jobs one after the other.
        makespan: Until the last job ends, the longest job started first.
        ideal: Less than this no order of the jobs takes.
        longest: Number of the job among the evaluations that may take longest, `None` where none is known.
        unknown: Jobs that the estimate cannot tell of, and that these times leave out.
        late: Jobs that may take longer than a job may in a worker.
    """

    machines: int
    work: Span
    makespan: Span
    ideal: Span
    longest: int | None
    unknown: int
    late: int


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
        estimates: How long the evaluations take, by kind of machine, and how they spread over several of it.
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
    estimates: tuple[tuple[Estimate, Spread], ...]


def costs_of(plan: Plan, *, machines: int = 1) -> Costs:
    """Add a plan up.

    Args:
        plan: The plan.
        machines: How many GPUs or other machines share the evaluations.
    """
    files = plan.downloads()
    away = [each for each in files if each.size != 0]
    sources: Counter[str] = Counter()
    for each in away:
        sources[each.source] += each.size or 0
    jobs = plan.evaluations
    flops, unknown = total(job.flops for job in jobs)
    return Costs(
        again=Counter(why for _, why in plan.again),
        cannot=_reasons(plan),
        files=len(files),
        here=len(files) - len(away),
        download=sum(each.size or 0 for each in away),
        sources=+sources,
        unsized=sum(each.size is None for each in away),
        flops=flops,
        jobs_without_flops=unknown,
        largest=max((job.weights or 0 for job in plan.evaluations), default=0),
        estimates=tuple(
            (each, spread(each, plan.evaluations, machines)) for each in estimates(plan.evaluations, plan.speeds)
        ),
    )


def spread(estimate: Estimate, jobs: Sequence[PlannedJob], machines: int) -> Spread:
    """How the jobs of an estimate spread over machines; the low ends and the high ends are each scheduled."""
    known = {number: each for number, each in enumerate(estimate.seconds) if each is not None}
    low = longest_first([each.low for each in known.values()], machines)
    high = longest_first([each.high for each in known.values()], machines)
    work, unknown = total(estimate.seconds)
    return Spread(
        machines=machines,
        work=work,
        makespan=Span(low.makespan, high.makespan),
        ideal=Span(low.ideal, high.ideal),
        longest=None if high.longest is None else list(known)[high.longest],
        unknown=unknown,
        late=sum(each.high > jobs[at].limit for at, each in known.items()),
    )


def _reasons(plan: Plan) -> tuple[tuple[str, int, int], ...]:
    claims: Counter[str] = Counter(each.reason for each in plan.cannot)
    models: dict[str, set[str]] = {}
    for each in plan.cannot:
        models.setdefault(each.reason, set()).add(each.claim.model)
    return tuple((reason, number, len(models[reason])) for reason, number in claims.most_common())
