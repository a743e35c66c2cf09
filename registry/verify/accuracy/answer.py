"""What one model came to on one dataset, as it travels from where it was evaluated to where evidence is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from registry.evidence import Store
from registry.evidence.claim_key import stem_of
from registry.evidence.digests import of_bytes
from registry.types import Unverifiable
from registry.verify.accuracy.quick import Sampling
from registry.verify.accuracy.trial import Loaded, Trial, inputs_digest, plugins_of
from registry.verify.evaluation.session import Contestant
from registry.verify.outcome import Outcome
from registry.verify.own_code import code_digest
from registry.verify.plugins import plugins_digest
from registry.verify.predictions import KeptPredictions, dump


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The outcomes of a model's claims of one dataset.

    Attributes:
        predictions: The answer to each sample, where they are to be kept.
    """

    outcomes: tuple[Outcome, ...]
    predictions: KeptPredictions | None = None


def gather(entry: EvaluatedModel) -> KeptPredictions | None:
    """The predictions of a model that went through a pass; `None` where it failed, or no sample could be read.

    Where samples were drawn they stand in the order of drawing, so that the first of them are what decided a claim.
    """
    if entry.contestant.failure:
        return None
    try:
        gatherer, model = entry.contestant.gatherer, entry.trial.question.model.name
        drawn = entry.sampling is not None and not entry.contestant.unreadable
        return gatherer.kept(model=model, digests=entry.digests, drawn=drawn)
    except Unverifiable:
        return None


def keep(answer: Answer, store: Store | None) -> Iterator[Outcome]:
    """Write an answer's predictions beside the evidence, and give its outcomes, which say where they are.

    Raises:
        OutputError: They cannot be written.
    """
    if store is None or answer.predictions is None:
        yield from answer.outcomes
        return
    data = dump(answer.predictions)
    digest = of_bytes(data)
    # Its digest is in its name, so that who measures at the same time does not replace what our evidence refers to.
    stem = str(stem_of(answer.outcomes[0].claim))
    name = f"{stem}-{digest.removeprefix('sha256:')[:16]}.npz"
    store.keep(name, data)
    reference = {"predictions": {"file": name, "digest": digest}}
    for outcome in answer.outcomes:
        measurement = outcome.measurement
        # A refutation that was asked again in an order of its own came from other samples than those that were kept.
        if measurement is not None and "first_order" not in measurement.details:
            measurement = replace(measurement, details={**measurement.details, **reference})
        yield replace(outcome, measurement=measurement)


@dataclass(frozen=True, kw_only=True)
class EvaluatedModel:
    """A model on its way through a pass.

    Attributes:
        contestant: The model as the pass sees it, with its answers.
        sampling: What watches its answers, where samples are drawn.
    """

    trial: Trial
    loaded: Loaded
    contestant: Contestant
    sampling: Sampling | None = None

    @property
    def digests(self) -> dict[str, str]:
        """What its answers depend on."""
        base = self.loaded.base
        return {
            "weights": f"sha256:{self.loaded.fetched.sha256}",
            **({} if base is None else {"base": f"sha256:{base.sha256}"}),
            "dataset": self.trial.fingerprint,
            "preprocessing": inputs_digest(self.trial.inputs),
            **plugins_digest(self.plugins),
            **code_digest(self.trial.question.model),
        }

    @property
    def plugins(self) -> list[str]:
        """The entry points of other packages that it rests on."""
        return plugins_of(self.trial.question, self.trial.target.library)
