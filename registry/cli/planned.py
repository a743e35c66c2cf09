"""`mir verify --plan`: what a run would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from registry.types import Claim, Evidence

if TYPE_CHECKING:
    from registry.evidence import Store
    from registry.verify.accuracy import EvaluationOptions
    from registry.verify.claims import ModelClaims
    from registry.verify.triage import Measurer


def tell_plan(
    models: Sequence[ModelClaims],
    measurers: Sequence[Measurer],
    store: Store,
    options: EvaluationOptions,
    *,
    force: bool,
    wanted: Callable[[Claim], bool],
    enough: Callable[[Evidence], bool],
    form: str,
    gpus: int | None,
    address: str | None,
    calibrated: bool,
) -> None:
    """Print the plan of a run with these arguments; see `registry.verify.planning.make_plan`.

    Args:
        models: Models with their claims.
        measurers: Ways to measure.
        store: Where evidence is kept.
        options: How models are evaluated.
        force: Whether fresh evidence is measured again, too.
        wanted: Which claims to settle.
        enough: Whether fresh evidence will do.
        form: `table` or `json`.
        gpus: Over how many GPUs evaluations are spread; all of the cluster's, or one, where it is `None`.
        address: Of a Ray cluster, whose machines have the data.
        calibrated: Whether a few models are timed first.
    """
    from registry.report.plans import as_json, print_plan
    from registry.verify.planning import calibrate, costs_of, make_plan

    if gpus is None and address is not None:
        from registry.verify.engines.connection import connected

        with connected(address) as cluster:
            gpus = cluster.gpus
    here = address is None
    plan = make_plan(models, measurers, store, options, force=force, wanted=wanted, enough=enough, here=here)
    if calibrated:
        plan = replace(plan, speeds=(*plan.speeds, *calibrate(plan, models, options)))
    costs = costs_of(plan, machines=gpus or 1)
    click.echo(as_json(plan, costs), nl=False) if form == "json" else print_plan(plan, costs)
