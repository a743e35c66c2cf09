"""What tasks share that compare a written text with the right one: documents, and scores by the field's libraries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import Claim, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.tasks.task import Task
from registry.vocabulary.metrics import fold

if TYPE_CHECKING:
    from torch import nn

    from registry.verify.model_inputs import Inputs


@contextmanager
def scoring(package: str) -> Iterator[dict[str, str]]:
    """Take a metric by a package, and say by which version.

    Yields:
        The package's name and version.

    Raises:
        PredictionsError: It is not installed, or cannot compute the metric of these predictions.
    """
    try:
        yield {"library": f"{package} {version(package)}"}
    except (PackageNotFoundError, ModuleNotFoundError) as error:
        raise PredictionsError(
            f"{package} is not installed: pip install 'model-index-registry[transformers]', or pip install {package}"
        ) from error
    except (ValueError, ZeroDivisionError) as error:
        raise PredictionsError(f"{package} cannot compute the metric: {str(error)[:200]}") from error


_KINDS: Mapping[str, tuple[str, ...]] = {
    "token": (
        r"token classification",
        r"named entity recognition",
        r"ner",
        r"(pos|part of speech)( tagging)?",
        r"chunking",
    ),
    "question": (r"(extractive )?question answering", r"reading comprehension"),
    "similarity": (r"sentence similarity", r"semantic (textual )?similarity", r"sts"),
    "translation": (r"(machine )?translation( .*)?",),
    "summarization": (r"(abstractive |text )?summari[sz]ation", r"headline generation"),
    "speech": (r"(automatic |.* )?speech (recognition|to text)", r"asr", r"speech transcription"),
    "language": (r"causal (lm|language modell?ing)", r"language modell?ing", r"text generation"),
    "classification": (
        r"(multi class |text |sequence |sentence |document |topic |intent |pair )*classification",
        r"sentiment( analysis| classification)?",
        r"emotion (recognition|classification|detection)",
        r"natural language inference|nli|(recogni[sz]ing )?textual entailment",
        r"paraphrase (identification|detection)",
        r"intent (detection|recognition)",
        r"(spam|language|toxicity|hate speech) (detection|identification|classification)",
        r"linguistic acceptability",
        r"(text |sequence )?regression",
    ),
}
"""Folded names of tasks by what they come to."""

_OF_TEXT = (
    r"(super ?)?glue( .*)?", r"imdb", r"sst ?[25]", r"ag news", r"emotion", r"tweet ?eval( .*)?", r"rotten tomatoes",
    r"yelp.*", r"amazon (polarity|reviews.*)", r"banking ?77", r"clinc.*", r"(multi ?|x|s|a|q|w)?nli", r"qqp", r"mrpc",
    r"rte", r"cola", r"20 ?newsgroups", r"dbpedia.*", r"trec", r"sms spam.*",
)  # fmt: skip
"""Folded names of data sets of texts, where a card names no task or only classification."""


def kind_of(claim: Claim) -> str:
    """What a claim's task comes to: `classification`, `token`, ...; empty where it is none of texts."""
    task = fold(claim.task or "").replace("/", " ")
    dataset = claim.dataset
    of_text = dataset is not None and any(
        re.fullmatch("|".join(_OF_TEXT), fold(name).replace("/", " "))
        for name in (dataset.name, (dataset.type or "").rpartition("/")[2])
        if name
    )
    if task in ("", "classification", "regression"):
        return "classification" if of_text else ""
    return next((kind for kind, names in _KINDS.items() if re.fullmatch("|".join(names), task)), "")


def average_of(subject: str) -> tuple[str, str]:
    """A metric's slug and how it is averaged over classes, empty where it does not say.

    >>> average_of("f1-macro"), average_of("weighted-precision"), average_of("recall"), average_of("f1-score-micro")
    (('f1', 'macro'), ('precision', 'weighted'), ('recall', ''), ('f1', 'micro'))
    """
    match = re.fullmatch(
        r"(?:(?P<before>macro|micro|weighted|binary)-)?(?:avg-|average-)?(?P<metric>f1|precision|recall)(?:-score)?"
        r"(?:-(?P<after>macro|micro|weighted|binary)(?:-avg|-average)?)?",
        subject,
    )
    if match is None or (match["before"] and match["after"]):
        return subject, ""
    return match["metric"], match["before"] or match["after"] or ""


class Written(Task):
    """See `Task`. `predicted` and `right` are a text for each sample; one that cannot be read is answered by none.

    What is `right` may be several texts, of which the metrics take the nearest as their libraries do.
    """

    documents: ClassVar = ("predicted", "right")
    blank: ClassVar = {"predicted": ""}

    def running(self, model: nn.Module, inputs: Inputs) -> nn.Module:
        from registry.verify.tasks.text.writing import writer

        return writer(model, inputs)

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Any) -> Mapping[str, Any]:
        return {"predicted": list(outputs)}

    def references(self, dataset: Any, indices: npt.NDArray[np.int64]) -> Mapping[str, Any]:
        return {"right": [dataset.answers[index] for index in indices]}

    def check(self, kept: KeptPredictions) -> None:
        super().check(kept)
        for name, rows in kept.documents.items():
            fits = _are_texts if name == "right" else _is_text
            if not isinstance(rows, list) or len(rows) != len(kept.samples) or not all(map(fits, rows)):
                raise PredictionsError("its documents do not hold a text for each sample")

    def texts(self, kept: KeptPredictions) -> tuple[list[str], list[list[str]]]:
        """Written texts, and the right ones of each sample.

        Raises:
            PredictionsError: See `check`.
        """
        self.check(kept)
        right = kept.documents["right"]
        return kept.documents["predicted"], [[answer] if isinstance(answer, str) else answer for answer in right]


def _is_text(entry: Any) -> bool:
    return isinstance(entry, str)


def _are_texts(entry: Any) -> bool:
    return _is_text(entry) or (isinstance(entry, list) and bool(entry) and all(map(_is_text, entry)))


def from_counts(
    metric: str, hits: npt.NDArray[np.float64], right: npt.NDArray[np.float64], guesses: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """F1, precision or recall, from how many were rightly found, are right, and were found; zero where none were."""
    below = {"precision": guesses, "recall": right, "f1": (right + guesses) / 2}[metric]
    with np.errstate(divide="ignore", invalid="ignore"):
        share: npt.NDArray[np.float64] = np.nan_to_num(hits / below)
    return share
