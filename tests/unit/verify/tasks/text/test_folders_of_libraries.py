"""Adapters of PEFT are run on their base, and folders of sentence-transformers as their modules say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from scipy import stats

from tests.unit.verify.tasks.text.small import bert, sentences, tokenizer, transformers

peft = pytest.importorskip("peft")

TEXTS, OTHERS = sentences(24), sentences(24, seed=1)


def adapter(folder: Path, names: dict[int, str]) -> Any:
    """A base in the folder's own, and over it an adapter that brings a head of its own; the two together."""
    torch.manual_seed(0)
    config = bert(id2label=names, label2id={name: number for number, name in names.items()})
    base = transformers.BertForSequenceClassification(config).eval()
    for parameter in base.parameters():
        if parameter.ndim > 1:
            parameter.data.normal_(0, 0.4)
    base.save_pretrained(folder / "base")
    tokenizer().save_pretrained(folder / "base")
    both = peft.get_peft_model(base, peft.LoraConfig(task_type="SEQ_CLS", r=4, target_modules=["query", "value"]))
    for name, parameter in both.named_parameters():
        if "lora" in name or "modules_to_save" in name:
            parameter.data.normal_(0, 0.5)
    both.save_pretrained(folder)
    settings = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**settings, "base_model_name_or_path": "base"}))
    return both.eval()


def test_an_adapter_is_evaluated_on_its_base(tmp_path: Path, answered: Callable[..., Any]) -> None:
    names = {number: f"class {number}" for number in range(3)}
    both = adapter(tmp_path / "adapter", names)
    cut, rows = tokenizer(), [{"sentence": text, "label": at % 3} for at, text in enumerate(TEXTS)]
    with torch.inference_mode():
        logits = torch.cat(
            [both(**cut(row["sentence"], truncation=True, max_length=32, return_tensors="pt")).logits for row in rows]
        )
        alone = torch.cat(
            [
                both.base_model.model(
                    **cut(row["sentence"], truncation=True, max_length=32, return_tensors="pt")
                ).logits
                for row in rows[:1]
            ]
        )
    assert alone.shape == (1, 3)
    right = [row["label"] for row in rows]
    accuracy = float((logits.argmax(1) == torch.tensor(right)).float().mean())
    answer = answered(tmp_path / "adapter", "text-classification", {"accuracy": accuracy}, rows, library="peft")
    (outcome,) = answer.outcomes
    assert outcome.measurement is not None, outcome.reason
    assert outcome.measurement.value == pytest.approx(accuracy)
    arrays = answer.predictions.arrays
    assert arrays["top"].tolist() == logits.topk(3).indices.tolist()
    assert arrays["scores"] == pytest.approx(logits.topk(3).values.numpy(), abs=1e-4)
    assert {"weights", "base"} <= outcome.digests.keys()
    assert outcome.measurement.details["model"] == "peft:LORA on bert.BertForSequenceClassification"


@pytest.mark.parametrize("mismatch", ["missing", "left over", "of another shape"])
def test_an_adapter_that_does_not_fit_is_refused(tmp_path: Path, answered: Callable[..., Any], mismatch: str) -> None:
    folder = tmp_path / "adapter"
    adapter(folder, {0: "bad", 1: "good"})
    file = folder / "adapter_model.safetensors"
    tensors = load_file(file)
    name = next(key for key in tensors if "lora_A" in key)
    tensor = tensors.pop(name)
    if mismatch != "missing":
        tensors |= (
            {name: tensor[:2].clone()} if mismatch == "of another shape" else {name: tensor, f"{name}.more": tensor + 1}
        )
    save_file(tensors, file)
    rows = [{"sentence": text, "label": at % 2} for at, text in enumerate(TEXTS)]
    answer = answered(folder, "text-classification", {"accuracy": 0.5}, rows, library="peft")
    (outcome,) = answer.outcomes
    assert outcome.measurement is None
    assert "fit" in outcome.reason
    assert len(outcome.reason.splitlines()) == 1


@pytest.mark.parametrize("modules", ["Transformer Pooling", "Transformer Pooling Normalize"])
def test_sentences_are_embedded_as_their_modules_say(
    saved: Callable[..., Path], answered: Callable[..., Any], modules: str
) -> None:
    folder = saved("BertModel")
    listed = [
        {
            "idx": at,
            "name": str(at),
            "path": f"{at}_{kind}" if at else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for at, kind in enumerate(modules.split())
    ]
    (folder / "modules.json").write_text(json.dumps(listed))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 16}))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 24, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True})
    )
    scores = np.random.default_rng(0).random(len(TEXTS)).round(2).tolist()
    rows = [
        {"sentence1": one, "sentence2": other, "score": score}
        for one, other, score in zip(TEXTS, OTHERS, scores, strict=True)
    ]
    answer = answered(folder, "semantic-similarity", {"spearman_cosine": 0.1}, rows, library="sentence-transformers")
    (outcome,) = answer.outcomes
    assert outcome.measurement is not None, outcome.reason
    model, cut = transformers.BertModel.from_pretrained(folder).eval(), tokenizer()

    @torch.inference_mode()
    def vector(text: str) -> np.ndarray:
        return model(**cut(text, truncation=True, max_length=16, return_tensors="pt"))[0][0].mean(0).numpy()

    cosines = []
    for one, other in zip(TEXTS, OTHERS, strict=True):
        left, right = vector(one), vector(other)
        cosines.append(left @ right / np.linalg.norm(left) / np.linalg.norm(right))
    assert answer.predictions.arrays["predicted"][:, 0] == pytest.approx(np.array(cosines), abs=1e-5)
    assert outcome.measurement.value == pytest.approx(stats.spearmanr(cosines, scores).statistic, abs=1e-3)
