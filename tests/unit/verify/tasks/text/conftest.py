"""Small models of transformers with random weights, saved as the Hub keeps them, and cards that lead to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from registry.claims import read_claims
from registry.loader import load
from registry.verify.accuracy import EvaluationOptions
from registry.verify.accuracy.answer import Answer
from registry.verify.accuracy.evaluate_models import evaluate
from tests.unit.verify.tasks.text.small import bert, tokenizer, transformers


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Saves a model of a class with its tokenizer into a folder."""

    def save(model_class: str, config: Any = None, cut: Any = None, seed: int = 0, **how: Any) -> Path:
        torch.manual_seed(seed)
        folder = tmp_path / "model"
        model = getattr(transformers, model_class)(config or bert()).eval()
        for parameter in model.parameters():  # random weights answer nearly the same to everything
            if parameter.ndim > 1:
                parameter.data.normal_(0, 0.4)
        model.tie_weights()
        model.save_pretrained(folder, **how)
        (cut or tokenizer()).save_pretrained(folder)
        return folder

    return save


@pytest.fixture
def answered(tmp_path: Path) -> Callable[..., Answer]:
    """Evaluates the model of a folder on rows, and gives its answer with the predictions."""

    def answer(
        folder: Path,
        task: str,
        metrics: dict[str, Any],
        rows: Any,
        *,
        dataset: dict[str, Any] | None = None,
        library: str = "transformers",
        **options: Any,
    ) -> Answer:
        card(folder, task, metrics, dataset, library)
        if isinstance(rows, list):
            data = tmp_path / "rows.jsonl"
            data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        else:
            data = rows
        work = read_claims(load([folder / "README.md"]))
        evaluation = EvaluationOptions(
            data={"rows": data}, device="cpu", cache=tmp_path / "cache", prepare=False, **{"workers": 0, **options}
        )
        (result,) = evaluate(work, evaluation, predictions=True)
        return result

    return answer


def card(
    folder: Path,
    task: str,
    metrics: dict[str, Any],
    dataset: dict[str, Any] | None = None,
    library: str = "transformers",
) -> None:
    index = {
        "library_name": library,
        "model-index": [
            {
                "name": "small",
                "results": [
                    {
                        "task": {"type": task},
                        "dataset": dataset or {"name": "rows", "type": "rows"},
                        "metrics": [{"type": name, "value": value} for name, value in metrics.items()],
                    }
                ],
            }
        ],
    }
    (folder / "README.md").write_text(f"---\n{yaml.safe_dump(index)}---\n# Small\n", encoding="utf-8")
