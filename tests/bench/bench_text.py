"""Texts a second, beside transformers' own pipeline with padding by length, on the same machine in the same run.

    python tests/bench/bench_text.py [--device cuda] [--texts 20000] [--out FILE]

A BERT with random weights classifies texts of 2 to 120 words. The peer is `pipeline("text-classification")` over the
texts sorted by length, so that it pads little. Both sides begin with the model's folder, get the same batch size and
32-bit arithmetic, and take turns; their answers are compared text by text.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from registry.claims import read_claims
from registry.loader import load
from registry.verify.accuracy import EvaluationOptions
from registry.verify.accuracy.evaluate_models import evaluate
from registry.verify.builders.transformers_files import library
from registry.verify.environment import environment

TEXT = "the a film was is very good bad dull great plot actor scene and but not so I it saw liked hated end"
WORDS = TEXT.split()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LONGEST = 128


def make_model(folder: Path, *, large: bool) -> None:
    """Save a classifier of two classes with its tokenizer: BERT-base, or one that a processor runs in a moment."""
    transformers = library()
    vocabulary = {piece: at for at, piece in enumerate([*SPECIAL, *WORDS])}
    cut = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    cut.normalizer = normalizers.BertNormalizer()
    cut.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    cut.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    sizes = {} if large else {"hidden_size": 128, "num_hidden_layers": 2, "intermediate_size": 512}
    heads = 12 if large else 2
    config = transformers.BertConfig(vocab_size=len(vocabulary), num_attention_heads=heads, pad_token_id=0, **sizes)
    torch.manual_seed(0)
    transformers.BertForSequenceClassification(config).eval().save_pretrained(folder)
    transformers.BertTokenizerFast(tokenizer_object=cut, model_max_length=LONGEST).save_pretrained(folder)


def make_texts(count: int) -> list[str]:
    """Texts of 2 to 120 words, most of them short, as reviews are."""
    random = np.random.default_rng(0)
    lengths = np.clip(random.lognormal(3, 0.8, count).astype(int), 2, 120)
    return [" ".join(random.choice(WORDS, length)) for length in lengths]


def main() -> None:
    """Measure, compare, print and write."""
    gpu = torch.cuda.is_available()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda" if gpu else "cpu")
    parser.add_argument("--texts", type=int)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    on_gpu = options.device != "cpu"
    batch = options.batch or (256 if on_gpu else 32)
    texts = make_texts(options.texts or (20000 if on_gpu else 2000))
    with tempfile.TemporaryDirectory() as temporary:
        folder, rows = Path(temporary) / "model", Path(temporary) / "rows.jsonl"
        make_model(folder, large=on_gpu)
        rows.write_text("".join(json.dumps({"text": text, "label": 0}) + "\n" for text in texts), encoding="utf-8")
        metric = {"type": "accuracy", "value": 0.5}
        result = {"task": {"type": "text-classification"}, "dataset": {"name": "rows", "type": "rows"}}
        index = [{"name": "bench", "results": [result | {"metrics": [metric]}]}]
        head = yaml.safe_dump({"library_name": "transformers", "model-index": index})
        (folder / "README.md").write_text(f"---\n{head}---\n", encoding="utf-8")
        work = read_claims(load([folder / "README.md"]))
        evaluation = EvaluationOptions(
            data={"rows": rows}, device=options.device, batch_size=batch, cache=Path(temporary) / "cache", workers=0
        )

        def ours() -> list[int]:
            (answer,) = evaluate(work, evaluation, predictions=True)
            assert answer.predictions is not None, [outcome.reason for outcome in answer.outcomes]
            return [int(label) for label in answer.predictions.arrays["top"][:, 0]]

        def theirs() -> list[int]:
            transformers = library()
            pipe = transformers.pipeline(
                "text-classification", model=str(folder), dtype=torch.float32, device=options.device, batch_size=batch
            )
            order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
            answers = pipe([texts[at] for at in order], truncation=True, max_length=LONGEST)
            labels = [0] * len(texts)
            for at, answer in zip(order, answers, strict=True):
                labels[at] = int(answer["label"].rpartition("_")[2])
            return labels

        times = [[_timed(side) for side in (theirs, ours)] for _ in range(options.rounds + 1)][1:]
    peer, us = (statistics.median(clock for clock, _ in column) for column in zip(*times, strict=True))
    differ = sum(left != right for left, right in zip(times[-1][0][1], times[-1][1][1], strict=True))
    figures: dict[str, Any] = {
        "device": environment(options.device),
        "texts": len(texts),
        "batch": batch,
        "load_before": round(os.getloadavg()[0], 1),
        "texts_per_second": {"transformers": round(len(texts) / peer, 1), "mir": round(len(texts) / us, 1)},
        "times_transformers": round(peer / us, 2),
        "answers_that_differ": f"{differ} of {len(texts)}",
    }
    print(json.dumps(figures, indent=2))
    if options.out is not None:
        options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _timed(side: Callable[[], list[int]]) -> tuple[float, list[int]]:
    start = time.perf_counter()
    labels = side()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start, labels


if __name__ == "__main__":
    main()
