"""A model on its way through a pass."""

from __future__ import annotations

from dataclasses import dataclass

from registry.verify.accuracy.quick import Sampling
from registry.verify.accuracy.trial import Loaded, Trial, inputs_digest, plugins_of
from registry.verify.evaluation.session import Contestant
from registry.verify.own_code import code_digest
from registry.verify.plugins import plugins_digest


@dataclass(frozen=True, kw_only=True)
class EvaluatedModel:
    """A model on its way through a pass.

    Attributes:
        trial: What is asked of it.
        loaded: The model with its weights.
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
