"""What is said in sounds: word and character error rate by jiwer, of texts under a stated normaliser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from registry.types import Claim, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import bootstrap, ratio
from registry.verify.tasks.task import Score
from registry.verify.tasks.text.written import Written, kind_of, scoring

if TYPE_CHECKING:
    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

_RATES = {"word-error-rate": "wer", "character-error-rate": "cer"}

NORMALISER = ("ToLowerCase", "RemovePunctuation", "RemoveMultipleSpaces", "Strip")
"""jiwer's transforms that both texts go through; `wer-ortho`, as cards call it, compares texts as they are written."""


class SpeechRecognition(Written):
    """See `Task`. Keeps texts as they are written, so that a rate can be taken under another normaliser too."""

    name = "speech-recognition"
    answers: ClassVar[str] = "transcribed sounds"

    def takes(self, claim: Claim) -> bool:
        if claim.kind != "ratio":  # a name that the vocabulary lacks: nobody knows whether it is a percentage
            return False
        return kind_of(claim) == "speech" and self.subject(claim).removesuffix("-ortho") in _RATES

    def subject(self, claim: Claim) -> str:
        short = {"wer": "word-error-rate", "cer": "character-error-rate"}
        name = claim.subject.removesuffix("-ortho")
        return short.get(name, name) + ("-ortho" if claim.subject.endswith("-ortho") else "")

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        from registry.verify.tasks.text.sounds import sound_inputs

        return sound_inputs(target, given)

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        return tuple(_RATES)

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. A sample in which nothing is said is left out, since errors are counted by what is said."""
        texts, right = self.texts(kept)
        name, plain = subject.removesuffix("-ortho"), subject.endswith("-ortho")
        if name not in _RATES:
            raise PredictionsError(f"{subject} cannot be computed from texts")
        with scoring("jiwer") as library:
            import jiwer

            steps = () if plain else NORMALISER
            normalise = jiwer.Compose([getattr(jiwer, step)() for step in steps]) if steps else str
            pairs = [(normalise(one[0]), normalise(other)) for one, other in zip(right, texts, strict=True)]
            pairs = [pair for pair in pairs if pair[0].strip()]
            if not pairs:
                raise PredictionsError("nothing is said in any sample")
            take: Any = jiwer.process_words if name == "word-error-rate" else jiwer.process_characters
            whole = take(*map(list, zip(*pairs, strict=True)))
            value = float(getattr(whole, _RATES[name]))
            parts = np.array([_counts(take(*pair)) for pair in pairs], np.float64)
        details = {**library, "name": _RATES[name], "normaliser": ", ".join(steps) or "none"}
        return Score(value=value, samples=len(pairs), interval=bootstrap(parts, ratio), details={"metric": details})


def _counts(comparison: Any) -> tuple[int, int]:
    """Errors, and what is said: words or characters."""
    errors = comparison.substitutions + comparison.deletions + comparison.insertions
    return errors, comparison.substitutions + comparison.deletions + comparison.hits
