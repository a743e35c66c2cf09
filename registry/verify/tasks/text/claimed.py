"""Which claims are of texts: by the task that a card names, in the Hub's words or in others."""

from __future__ import annotations

import re
from collections.abc import Mapping

from registry.types import Claim
from registry.vocabulary.metrics import fold

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
    named = fold(claim.task or "").replace("/", " ")
    dataset = claim.dataset
    of_text = dataset is not None and any(
        re.fullmatch("|".join(_OF_TEXT), fold(name).replace("/", " "))
        for name in (dataset.name, (dataset.type or "").rpartition("/")[2])
        if name
    )
    if named in ("", "classification", "regression"):
        return "classification" if of_text else ""
    return next((kind for kind, names in _KINDS.items() if re.fullmatch("|".join(names), named)), "")


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
