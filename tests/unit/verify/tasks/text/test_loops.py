"""Each loop against transformers' own pipeline, or its own example where it has no pipeline, on small random models."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from tests.unit.verify.tasks.text.examples import OTHERS, TEXTS, values
from tests.unit.verify.tasks.text.small import WORDS, bert, transformers

pytestmark = pytest.mark.slow


TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def test_tags_are_the_pipeline_s(saved: Callable[..., Path], answered: Callable[..., Any]) -> None:
    names = dict(enumerate(TAGS))
    folder = saved(
        "BertForTokenClassification", bert(id2label=names, label2id={name: at for at, name in names.items()}), seed=4
    )
    random = np.random.default_rng(0)
    words = [text.replace("!", "").replace(".", "").replace("?", "").split() for text in TEXTS]
    rows = [
        {"tokens": sentence, "ner_tags": [TAGS[at] for at in random.integers(0, 5, len(sentence))]}
        for sentence in words
    ]
    answer = answered(
        folder, "token-classification", {"f1": 0.1, "precision": 0.1, "recall": 0.1, "accuracy": 0.2}, rows
    )
    pipe = transformers.pipeline(
        "token-classification", model=str(folder), dtype=torch.float32, device="cpu", ignore_labels=[]
    )
    tags = answer.predictions.documents["predicted"]
    for at, sentence in enumerate(words):
        (tokens,) = pipe([sentence], is_split_into_words=True, delimiter=" ")
        starts = np.cumsum([0, *(len(word) + 1 for word in sentence)])[:-1].tolist()
        by_start = {token["start"]: token["entity"] for token in reversed(tokens)}
        # Words that the model cannot take any more have no tag.
        assert tags[at] == [by_start.get(start, "O") for start in starts]
    assert values(answer)["f1"].details["metric"]["average"] == "micro"
    assert len({tag for row in tags for tag in row}) > 2


@pytest.mark.parametrize("long", [False, True])
def test_answers_are_the_best_span_of_all_windows(
    saved: Callable[..., Path], answered: Callable[..., Any], long: bool
) -> None:
    folder = saved("BertForQuestionAnswering", bert(), seed=1)
    random = np.random.default_rng(3)
    contexts = [" ".join(random.choice(WORDS[:10], 60 if long else 12)) for _ in range(12)]
    questions = [" ".join(random.choice(WORDS[:10], 4)) for _ in contexts]
    rows = [
        {"question": question, "context": context, "answers": {"text": [context[:8]], "answer_start": [0]}}
        for question, context in zip(questions, contexts, strict=True)
    ]
    answer = answered(folder, "question-answering", {"exact_match": 0.1, "f1": 0.1}, rows)
    answers = answer.predictions.documents["predicted"]
    cut = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.BertForQuestionAnswering.from_pretrained(folder)
    for at, (question, context) in enumerate(zip(questions, contexts, strict=True)):
        encoding = cut(
            question, context, truncation="only_second", max_length=32, stride=16, return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )  # fmt: skip
        assert (len(encoding["input_ids"]) > 1) == long
        best: tuple[float, str] = (-np.inf, "")
        for window, tokens in enumerate(encoding["input_ids"]):
            with torch.inference_mode():
                output = model(
                    input_ids=torch.tensor([tokens]), token_type_ids=torch.tensor([encoding["token_type_ids"][window]])
                )
            inside = [part == 1 for part in encoding.sequence_ids(window)]
            places = encoding["offset_mapping"][window]
            for first in range(len(tokens)):
                for last in range(first, min(len(tokens), first + 30)):
                    score = float(output.start_logits[0, first] + output.end_logits[0, last])
                    top = (output.start_logits[0] > output.start_logits[0, first]).sum() < 20
                    top &= (output.end_logits[0] > output.end_logits[0, last]).sum() < 20
                    if inside[first] and inside[last] and top and score > best[0] + 1e-5:
                        best = score, context[places[first][0] : places[last][1]]
        assert answers[at] == best[1]
    measured = values(answer)
    assert measured["exact-match"].samples == 12
    assert measured["f1"].value >= measured["exact-match"].value


def test_perplexity_is_the_guide_s(saved: Callable[..., Path], answered: Callable[..., Any]) -> None:
    config = transformers.GPT2Config(vocab_size=80, n_positions=32, n_embd=24, n_layer=2, n_head=2)
    folder = saved("GPT2LMHeadModel", config)
    rows = [{"text": text} for text in TEXTS]
    answer = answered(folder, "text-generation", {"perplexity": 30.0}, rows, preprocessing={"Stride": "12"})
    (measured,) = values(answer).values()
    cut, model = (
        transformers.AutoTokenizer.from_pretrained(folder),
        transformers.GPT2LMHeadModel.from_pretrained(folder),
    )
    tokens = cut("\n\n".join(TEXTS), return_tensors="pt").input_ids
    costs, boundary = [], 0
    for start in range(0, tokens.shape[1], 12):
        end = min(start + 32, tokens.shape[1])
        labels = tokens[:, start:end].clone()
        labels[:, : max(0, boundary - start)] = -100
        with torch.inference_mode():
            loss = model(tokens[:, start:end], labels=labels).loss
        costs.append((float(loss), int((labels[:, 1:] != -100).sum())))
        boundary = end
        if end == tokens.shape[1]:
            break
    whole = sum(loss * count for loss, count in costs) / sum(count for _, count in costs)
    assert measured.value == pytest.approx(np.exp(whole), rel=1e-5)
    assert measured.samples == len(costs)
    assert measured.details["metric"]["tokens"] == tokens.shape[1] - 1
    assert measured.details["preprocessing"]["stride"] == 12
    assert answer.outcomes[0].verdict == "unverifiable"  # a stride of the caller's is no verdict on the card


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_similarity_is_the_cosine_of_the_pipeline_s_features(
    saved: Callable[..., Path], answered: Callable[..., Any], pooling: str
) -> None:
    folder = saved("BertModel")
    (folder / "1_Pooling").mkdir()
    switches = {"pooling_mode_mean_tokens": pooling == "mean", "pooling_mode_cls_token": pooling == "cls"}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(switches))
    scores = np.random.default_rng(0).random(len(TEXTS)).round(2).tolist()
    rows = [
        {"sentence1": one, "sentence2": other, "score": score}
        for one, other, score in zip(TEXTS, OTHERS, scores, strict=True)
    ]
    answer = answered(folder, "semantic-similarity", {"pearson_cosine": 0.1, "spearman_cosine": 0.1}, rows)
    pipe = transformers.pipeline("feature-extraction", model=str(folder), dtype=torch.float32, device="cpu")

    def vector(text: str) -> Any:
        hidden = np.array(pipe(text, tokenize_kwargs={"truncation": True, "max_length": 32})[0])
        return hidden.mean(0) if pooling == "mean" else hidden[0]

    cosines = []
    for row in rows:
        one, other = vector(row["sentence1"]), vector(row["sentence2"])
        cosines.append(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
    assert answer.predictions.arrays["predicted"][:, 0] == pytest.approx(np.array(cosines), abs=1e-5)
    measured = values(answer)
    assert measured["spearman-cosine"].value == pytest.approx(stats.spearmanr(cosines, scores).statistic, abs=1e-3)
    assert measured["pearson-cosine"].value == pytest.approx(stats.pearsonr(cosines, scores).statistic, abs=1e-5)


def test_a_number_of_a_pair_is_the_pipeline_s(saved: Callable[..., Path], answered: Callable[..., Any]) -> None:
    folder = saved("BertForSequenceClassification", bert(num_labels=1, problem_type="regression"))
    scores = np.random.default_rng(0).random(len(TEXTS)).tolist()
    rows = [
        {"sentence1": one, "sentence2": other, "label": score}
        for one, other, score in zip(TEXTS, OTHERS, scores, strict=True)
    ]
    answer = answered(folder, "text-classification", {"pearson": 0.1, "spearmanr": 0.1}, rows)
    pipe = transformers.pipeline("text-classification", model=str(folder), dtype=torch.float32, device="cpu")
    pairs = [{"text": row["sentence1"], "text_pair": row["sentence2"]} for row in rows]
    outputs = [output["score"] for output in pipe(pairs, truncation=True, max_length=32)]
    assert answer.predictions.arrays["predicted"][:, 0] == pytest.approx(np.array(outputs), abs=1e-5)
    assert values(answer)["pearson"].value == pytest.approx(stats.pearsonr(outputs, scores).statistic, abs=1e-5)
