"""The jobs of an evaluation, where plans look for them; see `registry.verify.accuracy.jobs`."""

from registry.verify.accuracy.jobs import Job, evaluation_jobs

__all__ = ["Job", "evaluation_jobs"]
