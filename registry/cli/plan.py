"""`mir verify --plan`: what a run would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from registry.cli.stdout import standard_output_is_ours

if TYPE_CHECKING:
    from registry.claims import ModelClaims
    from registry.verify.accuracy import EvaluationOptions
    from registry.verify.planning import Plan


def tell_plan(
    plan: Plan,
    models: Sequence[ModelClaims],
    options: EvaluationOptions,
    *,
    form: str,
    gpus: int | None,
    address: str | None,
    calibrated: bool,
) -> None:
    """Print a plan and what it costs.

    Args:
        plan: The plan.
        models: The models that it was made of.
        options: How models are evaluated.
        form: `table` or `json`.
        gpus: Over how many GPUs evaluations are spread; all of the cluster's, or one, where it is `None`.
        address: Of a Ray cluster.
        calibrated: Whether a few models are timed first.
    """
    from registry.report.plans import as_json, print_plan
    from registry.verify.planning import calibrate, costs_of

    if gpus is None and address is not None:
        from registry.verify.engines.connection import connected

        with connected(address) as cluster:
            gpus = cluster.gpus
    if calibrated:
        with standard_output_is_ours():
            plan = replace(plan, speeds=(*plan.speeds, *calibrate(plan, models, options)))
    costs = costs_of(plan, machines=gpus or 1)
    click.echo(as_json(plan, costs), nl=False) if form == "json" else print_plan(plan, costs)
