"""Time a few of a plan's models now, without weights or data, where the evidence holds no measured speed."""

from __future__ import annotations

from collections.abc import Sequence

from registry.claims import ModelClaims
from registry.types import MirError
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.speed import THROUGHPUT_BATCH, machine
from registry.verify.accuracy.trial import input_shape
from registry.verify.builders import TRUSTED, resolve
from registry.verify.evaluation.runner import Runner, devices
from registry.verify.evaluation.speed import measure
from registry.verify.inputs import Pictures
from registry.verify.planning.plan import Plan, PlannedModel, Seen
from registry.verify.preprocessing import of_card


def calibrate(plan: Plan, models: Sequence[ModelClaims], options: EvaluationOptions) -> list[Seen]:
    """Speeds of the models at the quarters of the plan's FLOPs, some seconds for each.

    The very largest is not among them, because it may take minutes on a processor.

    Args:
        plan: What is to be evaluated.
        models: The models that it was made of.
        options: How, and on which device.

    Raises:
        UsageError: The device is not here.
    """
    device = devices(options.device)[0]
    by_name = {each.model.name: each.model for each in models}
    found: list[Seen] = []
    for planned in _three(plan):
        assert planned.flops is not None, "they were ordered by it"
        model = by_name[planned.name]
        try:
            target = resolve(model)
            if target.library not in TRUSTED:
                continue  # a stranger's code is not run in this process, and a plan can do without its time
            preprocessing = of_card(model, target.preprocessing, options.preprocessing)
            runner = Runner(target.build(), Pictures(preprocessing), [device], precision=options.precision)
            batch = THROUGHPUT_BATCH if device.type == "cuda" else 1
            answering = 1 / measure(runner, input_shape(target, preprocessing), device, batch=batch).samples_per_second
        except (MirError, RuntimeError, ValueError, TypeError):
            # A model that cannot be built or does not take such pictures times nothing; its evaluation will say why.
            continue
        rate = planned.flops.low / answering if planned.flops.exact else None
        found.append(Seen(machine=machine(device), model=planned.name, answering=answering, rate=rate))
    return found


def _three(plan: Plan) -> list[PlannedModel]:
    """Those at the quarters by FLOPs, each model once; of counted FLOPs only, where there are any."""
    every = {model.name: model for job in plan.evaluations for model in job.models if model.flops is not None}
    known = [each for each in every.values() if each.flops is not None and each.flops.exact] or list(every.values())
    known.sort(key=lambda each: each.flops.low if each.flops is not None else 0.0)
    return [known[at] for at in sorted({len(known) * quarter // 4 for quarter in (1, 2, 3)})] if known else []
