"""A model on its way through a pass."""

from __future__ import annotations

from dataclasses import dataclass

from registry.verify.accuracy.job import Job, Loaded, preprocessing_digest
from registry.verify.accuracy.quick import Sampling
from registry.verify.evaluation.session import Contestant


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A model on its way through a pass.

    Attributes:
        job: What is asked of it.
        loaded: The model with its weights.
        contestant: The model as the pass sees it, with its answers.
        sampling: What watches its answers, where samples are drawn.
    """

    job: Job
    loaded: Loaded
    contestant: Contestant
    sampling: Sampling | None = None

    @property
    def digests(self) -> dict[str, str]:
        """What its answers depend on."""
        return {
            "weights": f"sha256:{self.loaded.fetched.sha256}",
            "dataset": self.job.fingerprint,
            "preprocessing": preprocessing_digest(self.job.preprocessing),
        }
