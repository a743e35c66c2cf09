"""What a measurement would depend on, as far as that can be told without measuring."""

from __future__ import annotations

from registry.claims import ModelClaims
from registry.types import Claim, MirError, Model
from registry.verify.accuracy.dataset_cache import DatasetCache
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.trial import categories_of, inputs_digest, plugins_of, questions, weights_of
from registry.verify.basis import asks_average, evaluation_digest
from registry.verify.builders import resolve
from registry.verify.own_code import code_digest
from registry.verify.plugins import plugins_digest
from registry.verify.tasks import inputs_of, task_named
from registry.verify.weights.fetch import at_hand


def current_digests(model: Model, claim: Claim, options: EvaluationOptions, shelf: DatasetCache) -> dict[str, str]:
    """Digests, as of now, of the weights, the dataset and the preprocessing; what is not here is left out."""
    digests: dict[str, str] = {}
    question = next(questions([ModelClaims(model=model, claims=(claim,))]), None)
    if question is None:
        return digests
    try:
        target = resolve(model, trust=options.policy.trust)
    except MirError:
        return digests
    digests |= plugins_digest(plugins_of(question, target.library)) | code_digest(model)
    try:
        for name, ref in (("weights", weights_of(model, target)), ("base", target.base_weights)):
            settings = {"cache": options.weights_cache, "policy": options.policy, "remembered": options.remembered}
            digest = None if ref is None else at_hand(ref, **settings)  # type: ignore[arg-type]
            if digest is not None:
                digests[name] = f"sha256:{digest}"
    except MirError:
        pass
    try:
        digests["preprocessing"] = inputs_digest(inputs_of(question.task, model, target, options.preprocessing))
        answers = task_named(question.task).answers
        _, digests["dataset"] = shelf.about(question.dataset, answers, categories_of(model, target, answers))
        if not options.quick:
            digests["evaluation"] = evaluation_digest(options.precision, average=asks_average(model))
    except MirError:
        pass
    return digests
