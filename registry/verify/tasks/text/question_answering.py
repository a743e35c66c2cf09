"""Answers that stand in a text: exact match and F1 as the scripts of SQuAD take them."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import Claim, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import mean_interval
from registry.verify.tasks.task import Hits, Score, Task
from registry.verify.tasks.text.written import kind_of

if TYPE_CHECKING:
    from registry.verify.model_inputs import Inputs, Transform
    from registry.verify.target import Target

BEST, LONGEST_ANSWER = 20, 30
"""Starts and ends that are tried, and tokens of an answer, as in transformers' own example (`utils_qa.py`)."""

_METRIC = {"library": "mir, as SQuAD's evaluate-v2.0.py"}


class QuestionAnswering(Task):
    """See `Task`. The answer with the largest sum of its start's and its end's score, over all windows of a text.

    No answer is an answer where the data set has questions without one: it wins where the first token scores higher.
    """

    name = "question-answering"
    answers = "answered questions"
    documents: ClassVar = ("predicted", "answers")
    blank: ClassVar = {"predicted": ""}

    def takes(self, claim: Claim) -> bool:
        return (
            kind_of(claim) == "question" and claim.kind == "ratio" and claim.subject in ("exact-match", "exact", "f1")
        )

    def subject(self, claim: Claim) -> str:
        return "exact-match" if claim.subject == "exact" else claim.subject

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        from registry.verify.tasks.text.tokens import folder_of, said_length, token_inputs
        from registry.verify.tasks.text.windows import LONGEST, WindowInputs, Windows

        base = token_inputs(model, target, given)
        tokens = asdict(base.transform)
        if not said_length(model, given):
            tokens["longest"] = min(tokens["longest"] or LONGEST, LONGEST)
        first = folder_of(target).data("tokenizer_config.json").get("padding_side", "right") == "right"
        return WindowInputs(transform=Windows(**tokens, question_first=first), padding=base.padding)

    def reference(self, dataset: Any, index: int, transform: Transform) -> Any:
        """See `Task`: where the tokens lie in the text."""
        return transform.places(dataset.sample(index))  # type: ignore[attr-defined]

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Any) -> Mapping[str, Any]:
        places = references.cpu().numpy()
        samples, windows = places.shape[:2]
        starts, ends = (
            outputs[name].float().cpu().numpy().reshape(samples, windows, -1) for name in ("start_logits", "end_logits")
        )
        unanswerable = any(not texts for texts in dataset.answers)
        answers = []
        for row, index in enumerate(indices):
            place, context = places[row], dataset.sample(index)["context"]
            mask = place[..., 2].any(axis=1)
            answers.append(best_answer(starts[row][mask], ends[row][mask], place[mask], context, none=unanswerable))
        return {"predicted": answers}

    def references(self, dataset: Any, indices: npt.NDArray[np.int64]) -> Mapping[str, Any]:
        return {"answers": [dataset.answers[index] for index in indices]}

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return "exact-match", "f1"

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        hits = self.hits(kept, subject)
        if hits is not None:
            right, samples, details = int(hits.sum()), len(hits), {"metric": {**_METRIC, "name": "exact"}}
            return Score(value=right / samples, samples=samples, right=right, details=details)
        if subject != "f1":
            raise PredictionsError(f"{subject} cannot be computed from answers")
        shares = np.array([_best(f1, *pair) for pair in self._pairs(kept)])
        return Score(
            value=float(shares.mean()),
            samples=len(shares),
            interval=mean_interval(shares),
            details={"metric": {**_METRIC, "name": "f1"}},
        )

    def hits(self, kept: KeptPredictions, subject: str) -> Hits | None:
        """See `Task`; `None` for F1."""
        if subject != "exact-match":
            return None
        return np.array([bool(_best(exact, *pair)) for pair in self._pairs(kept)])

    def check(self, kept: KeptPredictions) -> None:
        super().check(kept)
        answers, right = kept.documents["predicted"], kept.documents["answers"]
        if not all(isinstance(rows, list) and len(rows) == len(kept.samples) for rows in (answers, right)):
            raise PredictionsError("its documents do not hold an answer for each sample")
        if not all(isinstance(answer, str) for answer in answers):
            raise PredictionsError("its answers are no texts")
        if not all(isinstance(texts, list) and all(isinstance(one, str) for one in texts) for texts in right):
            raise PredictionsError("its right answers are no lists of texts")

    def _pairs(self, predictions: KeptPredictions) -> list[tuple[str, list[str]]]:
        self.check(predictions)
        return list(zip(predictions.documents["predicted"], predictions.documents["answers"], strict=True))


def best_answer(
    starts: npt.NDArray[np.float32],
    ends: npt.NDArray[np.float32],
    places: npt.NDArray[np.int64],
    context: str,
    *,
    none: bool,
) -> str:
    """The answer to one question.

    Args:
        starts: Score of each token as the answer's first, shape (windows, tokens).
        ends: The same as its last.
        places: See `Windows.places`.
        context: The text.
        none: Whether no answer is an answer; its score is the least over windows of that of the first token.
    """
    candidates: list[tuple[float, str]] = []
    threshold = min((float(start[0] + end[0]) for start, end in zip(starts, ends, strict=True)), default=0.0)
    for start, end, place in zip(starts, ends, places, strict=True):
        inside = place[:, 2] == 1
        for first in np.argsort(start)[::-1][:BEST]:
            for last in np.argsort(end)[::-1][:BEST]:
                if inside[first] and inside[last] and first <= last < first + LONGEST_ANSWER:
                    text = context[place[first, 0] : place[last, 1]]
                    candidates.append((float(start[first] + end[last]), text))
    score, answer = max(candidates, key=lambda candidate: candidate[0], default=(-np.inf, ""))
    return "" if none and threshold > score else answer


def normalised(text: str) -> str:
    """A text without case, punctuation, articles and runs of spaces, as SQuAD's scripts compare it."""
    plain = "".join(letter for letter in text.lower() if letter not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", plain).split())


def exact(answer: str, right: str) -> float:
    """One where an answer is the right one."""
    return float(normalised(answer) == normalised(right))


def f1(answer: str, right: str) -> float:
    """The harmonic mean of precision and recall over an answer's words."""
    words, right_words = normalised(answer).split(), normalised(right).split()
    if not words or not right_words:
        return float(words == right_words)
    shared = sum((Counter(words) & Counter(right_words)).values())
    return 2 * shared / (len(words) + len(right_words))


def _best(measure: Callable[[str, str], float], answer: str, right: Sequence[str]) -> float:
    """The score against the nearest of the right answers; where there is none, nothing is right."""
    references = [reference for reference in right if normalised(reference)] or [""]
    return max(measure(answer, reference) for reference in references)
