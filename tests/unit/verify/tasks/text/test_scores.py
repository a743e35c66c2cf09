"""Each metric against its library's own run on the same predictions."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
import sacrebleu
import seqeval.metrics
import yaml
from rouge_score import rouge_scorer
from scipy import stats
from sklearn import metrics
from torchmetrics.text import SQuAD

from registry.claims import read_claims
from registry.loader import load as load_cards
from registry.types import DatasetError, PredictionsError
from registry.verify.datasets import find
from registry.verify.predictions import KeptPredictions, load, save
from registry.verify.tasks import BUILT_IN, Score, task_of
from tests.unit.verify.tasks.text.small import WORDS, sentences

RIGHT = [
    "The cat sat on the mat. It was warm!",
    "a dog, barked loudly",
    "Nobody came to the party",
    "It is what it is",
    "Time flies like an arrow. Fruit flies like a banana.",
]
WRITTEN = [
    "the cat is on the mat. it was hot!",
    "A dog barked loud",
    "nobody came",
    "it is what it is",
    "Time flies like an arrow; fruit flies like bananas.",
]
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def kept(task: str, documents: dict[str, Any] | None = None, **arrays: Any) -> KeptPredictions:
    count = len(next(iter((documents or arrays).values())))
    samples = np.array([str(at) for at in range(count)])
    return KeptPredictions(
        task=task, model="m", dataset="d", samples=samples, documents=documents or {}, arrays=arrays, classes=()
    )


def score(predictions: KeptPredictions, subject: str) -> Score:
    return BUILT_IN[predictions.task].score(predictions, subject)


def written(task: str) -> KeptPredictions:
    return kept(task, {"predicted": WRITTEN, "right": RIGHT})


def test_bleu_and_chrf_are_sacrebleu_s() -> None:
    predictions = written("translation")
    assert score(predictions, "bleu").value == pytest.approx(sacrebleu.corpus_bleu(WRITTEN, [RIGHT]).score / 100)
    assert score(predictions, "chrf").value == pytest.approx(sacrebleu.corpus_chrf(WRITTEN, [RIGHT]).score / 100)
    twice = sacrebleu.corpus_chrf(WRITTEN, [RIGHT], word_order=2)
    assert score(predictions, "chrf-plus-plus").value == pytest.approx(twice.score / 100)
    low, high = score(predictions, "bleu").interval
    assert low < score(predictions, "bleu").value < high
    assert f"version:{sacrebleu.__version__}" in score(predictions, "bleu").details["metric"]["signature"]


def test_several_references_are_scored_as_by_the_libraries() -> None:
    right = [[text, text.lower()] if at % 2 else [text] for at, text in enumerate(RIGHT)]
    predictions = kept("translation", {"predicted": [*WRITTEN[:-1], ""], "right": right})
    streams = [[row[0] for row in right], [row[1] if len(row) > 1 else None for row in right]]
    texts = predictions.documents["predicted"]
    assert score(predictions, "bleu").value == pytest.approx(sacrebleu.corpus_bleu(texts, streams).score / 100)
    twice = sacrebleu.corpus_chrf(texts, streams, word_order=2)
    assert score(predictions, "chrf-plus-plus").value == pytest.approx(twice.score / 100)
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)
    shares = [scorer.score_multi(one, other)["rougeL"].fmeasure for one, other in zip(right, texts, strict=True)]
    assert score(predictions, "rouge-l").value == pytest.approx(np.mean(shares))


@pytest.mark.parametrize("rate", ["word-error-rate", "character-error-rate"])
def test_nothing_written_and_nothing_said(rate: str) -> None:
    predictions = kept("speech-recognition", {"predicted": ["", "a dog", "more"], "right": ["the cat", "a dog", "..."]})
    library = jiwer.wer if rate.startswith("word") else jiwer.cer
    assert score(predictions, rate).value == pytest.approx(library(["the cat", "a dog"], ["", "a dog"]))
    with pytest.raises(PredictionsError, match="nothing is said in any sample"):
        score(kept("speech-recognition", {"predicted": ["a"], "right": ["!"]}), rate)


@pytest.mark.parametrize(
    "rows",
    [
        [["I-PER", "I-PER", "O", "B-PER"], ["O", "I-LOC"]],  # IOB1
        [["B-PER", "I-PER", "O", "B-PER"], ["O", "B-LOC"]],  # IOB2
        [["S-PER", "O", "B-LOC", "E-LOC"], ["S-LOC", "O"]],  # BIOES
        [["I-PER", "E-PER", "O", "E-PER"], ["O", "E-LOC"]],  # IOE
    ],
)
def test_ways_to_mark_entities_are_seqeval_s(rows: list[list[str]]) -> None:
    tags = [[*rows[0][:2], "O", "O"], rows[1]]
    predictions = kept("token-classification", {"predicted": tags, "tags": rows})
    for metric in ("f1", "precision", "recall", "accuracy"):
        right = getattr(seqeval.metrics, f"{metric}_score")(rows, tags)
        assert score(predictions, metric).value == pytest.approx(right), metric


def test_words_that_the_data_set_leaves_out_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"tokens": ["a", "b", "c"], "ner_tags": [1, -100, 2]}\n')
    dataset = find("rows", {"rows": tmp_path / "rows.jsonl"}, answers="tagged words", categories=TAGS)
    assert dataset.answers == [["B-PER", None, "I-PER"]]
    predictions = kept("token-classification", {"predicted": [["B-PER", "B-LOC", "O"]], "tags": dataset.answers})
    right = seqeval.metrics.f1_score([["B-PER", "I-PER"]], [["B-PER", "O"]])
    assert score(predictions, "f1").value == pytest.approx(right)
    assert score(predictions, "accuracy").value == 0.5
    (tmp_path / "rows.jsonl").write_text('{"tokens": ["a", "b"], "ner_tags": [1, -1]}\n')
    with pytest.raises(DatasetError, match="holds a number that is none of its 5 tags"):
        find("rows", {"rows": tmp_path / "rows.jsonl"}, answers="tagged words", categories=TAGS)


@pytest.mark.parametrize(("subject", "kind"), [("rouge-1", "rouge1"), ("rouge-2", "rouge2"), ("rouge-l", "rougeL")])
def test_rouge_is_rouge_score_s(subject: str, kind: str) -> None:
    scorer = rouge_scorer.RougeScorer([kind], use_stemmer=True)
    shares = [scorer.score(one, other)[kind].fmeasure for one, other in zip(RIGHT, WRITTEN, strict=True)]
    assert score(written("summarization"), subject).value == pytest.approx(np.mean(shares))


def test_rouge_lsum_is_taken_of_sentences() -> None:
    scorer = rouge_scorer.RougeScorer(["rougeLsum"], use_stemmer=True)
    lines = [[text.replace(". ", ".\n") for text in texts] for texts in (RIGHT, WRITTEN)]
    shares = [scorer.score(one, other)["rougeLsum"].fmeasure for one, other in zip(*lines, strict=True)]
    assert score(written("summarization"), "rouge-lsum").value == pytest.approx(np.mean(shares))


def test_error_rates_are_jiwer_s_under_the_stated_normaliser() -> None:
    predictions = written("speech-recognition")
    assert score(predictions, "word-error-rate-ortho").value == pytest.approx(jiwer.wer(RIGHT, WRITTEN))
    assert score(predictions, "character-error-rate-ortho").value == pytest.approx(jiwer.cer(RIGHT, WRITTEN))
    steps = [jiwer.ToLowerCase(), jiwer.RemovePunctuation(), jiwer.RemoveMultipleSpaces(), jiwer.Strip()]
    right, heard = ([jiwer.Compose(steps)(text) for text in texts] for texts in (RIGHT, WRITTEN))
    assert score(predictions, "word-error-rate").value == pytest.approx(jiwer.wer(right, heard))
    assert score(predictions, "character-error-rate").value == pytest.approx(jiwer.cer(right, heard))
    assert score(predictions, "word-error-rate").value < score(predictions, "word-error-rate-ortho").value
    details = score(predictions, "word-error-rate").details["metric"]
    assert details["normaliser"] == "ToLowerCase, RemovePunctuation, RemoveMultipleSpaces, Strip"
    assert details["library"].startswith("jiwer ")


@pytest.mark.parametrize("average", ["", "macro", "weighted"])
@pytest.mark.parametrize("metric", ["f1", "precision", "recall"])
def test_entities_are_seqeval_s(metric: str, average: str) -> None:
    random = np.random.default_rng(0)
    right = [[TAGS[at] for at in random.integers(0, 5, 9)] for _ in range(40)]
    tags = [[tag if random.random() < 0.7 else "O" for tag in row] for row in right]
    predictions = kept("token-classification", {"predicted": tags, "tags": right})
    value = getattr(seqeval.metrics, f"{metric}_score")(right, tags, average=average or "micro")
    result = score(predictions, f"{metric}-{average}" if average else metric)
    assert result.value == pytest.approx(value)
    if not average:
        assert result.interval[0] < value < result.interval[1]
    assert score(predictions, "accuracy").value == pytest.approx(seqeval.metrics.accuracy_score(right, tags))


def test_tags_of_no_entities_have_no_f1() -> None:
    predictions = kept("token-classification", {"predicted": [["NOUN"]], "tags": [["VERB"]]})
    assert score(predictions, "accuracy").value == 0
    with pytest.raises(PredictionsError, match="mark no entities"):
        score(predictions, "f1")


def test_answers_are_scored_as_squad_s_script_does() -> None:
    answers = [["The cat", "a black cat"], ["1999"], ["in Rome", "Rome"], ["Mr. Smith's"]]
    texts = ["cat", "the year 1999", "Paris", "mr smiths"]
    predictions = kept("question-answering", {"predicted": texts, "answers": answers})
    peer = SQuAD()
    peer.update(
        [{"prediction_text": text, "id": str(at)} for at, text in enumerate(texts)],
        [
            {"answers": {"answer_start": [0] * len(references), "text": references}, "id": str(at)}
            for at, references in enumerate(answers)
        ],
    )
    expected = peer.compute()
    assert score(predictions, "exact-match").value == pytest.approx(float(expected["exact_match"]) / 100)
    assert score(predictions, "f1").value == pytest.approx(float(expected["f1"]) / 100)
    assert score(predictions, "exact-match").right == 2


def test_no_answer_is_right_where_there_is_none() -> None:
    predictions = kept("question-answering", {"predicted": ["", "", "a guess"], "answers": [[], ["Rome"], []]})
    assert score(predictions, "exact-match").right == 1
    assert score(predictions, "f1").value == pytest.approx(1 / 3)


@pytest.mark.parametrize(("subject", "function"), [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)])
def test_correlations_are_scipy_s(subject: str, function: Any) -> None:
    random = np.random.default_rng(0)
    right = random.integers(0, 6, (200, 1)).astype(np.float32)
    values = (right + random.normal(0, 2, right.shape)).astype(np.float32)
    result = score(kept("sentence-similarity", predicted=values, target=right), subject)
    assert result.value == pytest.approx(function(values[:, 0], right[:, 0]).statistic)
    assert result.interval[0] < result.value < result.interval[1]
    with pytest.raises(PredictionsError, match="are the same"):
        score(kept("sentence-similarity", predicted=np.ones_like(values), target=right), subject)


def test_perplexity_is_the_exponential_of_the_mean_cost() -> None:
    windows = [[[30.0, 10], [8.0, 4]]]
    result = score(kept("language-modelling", {"windows": windows}), "perplexity")
    assert result.value == pytest.approx(np.exp(38 / 14))
    assert result.samples == 2


@pytest.mark.parametrize(
    ("task", "documents"),
    [
        ("translation", {"predicted": ["a", 1], "right": ["a", "b"]}),
        ("token-classification", {"predicted": ["O"], "tags": [["O"]]}),
        ("question-answering", {"predicted": ["a"], "answers": ["a"]}),
        ("language-modelling", {"windows": [[[1, 2, 3]]]}),
    ],
)
def test_documents_of_another_form_are_refused(task: str, documents: Any) -> None:
    with pytest.raises(PredictionsError):
        score(kept(task, documents), BUILT_IN[task].metrics(kept(task, documents))[0])


def test_texts_are_scored_again_without_torch(tmp_path: Path) -> None:
    texts = sentences(12)
    predictions = kept("translation", {"predicted": texts, "right": [text.replace(WORDS[1], "one") for text in texts]})
    save(tmp_path / "kept.npz", predictions)
    assert load(tmp_path / "kept.npz").documents == predictions.documents
    code = (
        "import sys; from pathlib import Path; from registry.verify.predictions import load; "
        "from registry.verify.tasks import BUILT_IN; found = load(Path(sys.argv[1])); "
        "print(BUILT_IN[found.task].score(found, 'bleu').value); assert 'torch' not in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "kept.npz")], capture_output=True, text=True, check=True
    )
    assert float(run.stdout) == pytest.approx(score(predictions, "bleu").value)


def test_a_metric_that_the_vocabulary_lacks_is_not_taken_for_a_share(tmp_path: Path) -> None:
    results = [
        {"task": {"type": "text-classification"}, "dataset": {"name": "d", "type": "d"}, "metrics": metrics}
        for metrics in ([{"type": "macro avg f1", "value": 91.2}], [{"type": "f1_macro", "value": 91.2}])
    ] + [
        {
            "task": {"type": "automatic-speech-recognition"},
            "dataset": {"name": "d", "type": "d"},
            "metrics": [{"type": "wer_ortho", "value": 14.2}],
        }
    ]
    index = {"library_name": "transformers", "model-index": [{"name": "m", "results": results}]}
    (tmp_path / "README.md").write_text(f"---\n{yaml.safe_dump(index)}---\n", encoding="utf-8")
    (work,) = read_claims(load_cards([tmp_path / "README.md"]))
    tasks = {claim.subject: task_of(claim) for claim in work.claims}
    assert tasks == {
        "macro-avg-f1": None,
        "f1-macro": "text-classification",
        "word-error-rate-ortho": "speech-recognition",
    }


@pytest.mark.parametrize("classes", [2, 3])
def test_a_text_that_could_not_be_read_is_missed_and_no_class_of_its_own(classes: int) -> None:
    labels = np.array([0, 1, classes - 1, 1, 0], "int32")
    top = np.array([[0], [1], [-1], [0], [0]], "int32")
    predictions = kept("text-classification", labels=labels, top=top, scores=np.ones((5, 1), "float32"))
    predictions = replace(predictions, classes=tuple("abc"[:classes]))
    for metric in ("f1", "precision", "recall"):
        function = getattr(metrics, f"{metric}_score")
        macro = function(labels, top[:, 0], labels=range(classes), average="macro", zero_division=0)
        assert score(predictions, f"{metric}-macro").value == pytest.approx(macro)
    if classes == 2:
        assert score(predictions, "f1").value == pytest.approx(metrics.f1_score(labels == 1, top[:, 0] == 1))
