"""Translations and summaries: BLEU and chrF by sacrebleu, ROUGE by rouge_score."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import Claim, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap, mean_interval
from registry.verify.tasks.task import Score
from registry.verify.tasks.text.written import Written, kind_of, scoring

if TYPE_CHECKING:
    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

_ROUGE = {"rouge-1": "rouge1", "rouge-2": "rouge2", "rouge-l": "rougeL", "rouge-lsum": "rougeLsum"}
_BLEU = ("bleu", "chrf", "chrf-plus-plus")


class Translation(Written):
    """See `Task`. Texts are written by the model's own `generate`, under its `generation_config.json`."""

    name = "translation"
    answers: ClassVar[str] = "translated texts"
    kind: ClassVar[str] = "translation"

    def takes(self, claim: Claim) -> bool:
        return (
            kind_of(claim) == self.kind
            and claim.kind == "ratio"
            and (claim.subject in _BLEU or claim.subject in _ROUGE)
        )

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        from registry.verify.tasks.text.writing import text_to_text

        return text_to_text(model, target, given, self.kind)

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return (*_BLEU, *_ROUGE)

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. Options are those of the libraries' own commands, and stand in the details."""
        texts, right = self.texts(kept)
        if subject in _BLEU:
            return _sacrebleu(texts, right, subject)
        if subject in _ROUGE:
            return _rouge(texts, right, _ROUGE[subject])
        raise PredictionsError(f"{subject} cannot be computed from texts")


class Summarization(Translation):
    """See `Task`."""

    name = "summarization"
    answers: ClassVar[str] = "summarised texts"
    kind: ClassVar[str] = "summarization"


def _sacrebleu(texts: list[str], right: list[list[str]], subject: str) -> Score:
    # One stream for each of the references, with nothing where a sample has fewer.
    streams = [[row[at] if at < len(row) else None for row in right] for at in range(max(map(len, right)))]
    with scoring("sacrebleu") as library:
        from sacrebleu.metrics.bleu import BLEU
        from sacrebleu.metrics.chrf import CHRF

        metric: Any = BLEU() if subject == "bleu" else CHRF(word_order=2 * (subject != "chrf"))
        whole = metric.corpus_score(texts, streams)
        stats = metric._extract_corpus_statistics(texts, streams)
        details = {**library, "name": whole.name, "signature": str(metric.get_signature())}
        parts = np.asarray(stats, np.float64)

    def again(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.array([metric._compute_score_from_stats(list(row)).score / 100 for row in sums])

    interval = bootstrap(parts, again)
    return Score(value=whole.score / 100, samples=len(texts), interval=interval, details={"metric": details})


def _rouge(texts: list[str], right: list[list[str]], kind: str) -> Score:
    with scoring("rouge_score") as library:
        from rouge_score import rouge_scorer

        scorer = rouge_scorer.RougeScorer([kind], use_stemmer=True)
        # A sentence a line, which rouge_score itself does not find.
        layout: Callable[[str], str] = _lines if kind == "rougeLsum" else str
        pairs = [(list(map(layout, one)), layout(other)) for one, other in zip(right, texts, strict=True)]
        shares = np.array([scorer.score_multi(one, other)[kind].fmeasure for one, other in pairs])
    details = {**library, "name": kind, "use_stemmer": True, "aggregated": "mean of F-measures"}
    if kind == "rougeLsum":
        details["sentences"] = "one a line, split after . ! ?"
    interval = mean_interval(shares)
    return Score(value=float(shares.mean()), samples=len(shares), interval=interval, details={"metric": details})


def _lines(text: str) -> str:
    return text if "\n" in text else re.sub(r"(?<=[.!?])\s+", "\n", text.strip())
