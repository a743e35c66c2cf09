"""Keep each sample's answers beside the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from registry.evidence import Store
from registry.evidence.digests import of_bytes
from registry.evidence.names import file_of
from registry.verify.accuracy.job import Job
from registry.verify.evaluators import Classification, Evaluator
from registry.verify.predictions import Predictions, dump


def keep_predictions(job: Job, evaluator: Evaluator, digests: Mapping[str, str], store: Store | None) -> dict[str, Any]:
    """Write the answers that were gathered, and say where they are, for a measurement's details.

    Raises:
        OutputError: They cannot be written.
    """
    if store is None or not isinstance(evaluator, Classification):
        return {}
    indices, top, scores = evaluator.answers()
    names = job.dataset.names
    predictions = Predictions(
        model=job.question.model.name,
        dataset=job.dataset.name,
        samples=np.array([names[index] for index in indices]),
        labels=evaluator.labels[indices].astype(np.int32),
        top=top,
        scores=scores,
        digests=digests,
    )
    data = dump(predictions)
    digest = of_bytes(data)
    # Its digest is in its name, so that who measures at the same time does not replace what our evidence refers to.
    stem = str(file_of(job.question.claims[0]).with_suffix(""))
    name = f"{stem}-{digest.removeprefix('sha256:')[:16]}.npz"
    store.files.write(name, data)
    return {"predictions": {"file": name, "digest": digest}}
