"""Sentences to evaluate on, and what an evaluation measured."""

from __future__ import annotations

from typing import Any

from tests.unit.verify.tasks.text.small import sentences

TEXTS, OTHERS = sentences(24, seed=2), sentences(24, seed=3)


def values(answer: Any) -> dict[str, Any]:
    for outcome in answer.outcomes:
        assert outcome.measurement is not None, outcome.reason
    return {outcome.claim.subject: outcome.measurement for outcome in answer.outcomes}
