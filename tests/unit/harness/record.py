"""Runs the real lm-evaluation-harness and mteb on tiny models and keeps what they write, as the tests' examples.

    python tests/unit/harness/record.py tests/unit/harness/recorded

needs an environment with `lm-eval`, `mteb`, `sentence-transformers` and torch, which are too heavy for the one of the
tests; no network. The models are small and their weights random, so that the numbers are those of chance: what is kept
is the form. The folder gets the logs and `recorded.json`, which says with which versions and when.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

TASK = """
task: tiny_sums
dataset_path: json
dataset_kwargs:
  data_files:
    train: {folder}/train.json
    test: {folder}/test.json
output_type: multiple_choice
training_split: train
test_split: test
fewshot_split: train
doc_to_text: "{{{{question}}}}"
doc_to_target: answer
doc_to_choice: choices
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
  - metric: acc_norm
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1.0
"""

GROUP = """
group: tiny_arithmetic
task: [tiny_sums]
aggregate_metric_list:
  - metric: acc
metadata:
  version: 2.0
"""


def main(recordings: Path) -> None:
    """Record both."""
    recordings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = sorted(
            {word for entry in _sums(60) for word in f"{entry['question']} {' '.join(entry['choices'])}".split()}
        )
        _lm_eval(folder, words, recordings)
        _mteb(folder, words, recordings)
    versions = {name: version(name) for name in ("lm-eval", "mteb", "transformers", "sentence-transformers", "torch")}
    facts = {"versions": versions, "date": datetime.now(UTC).date().isoformat()}
    (recordings / "recorded.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _sums(count: int) -> list[dict[str, object]]:
    return [
        {
            "question": f"{at % 7} plus {at % 5} is",
            "choices": [str(at % 7 + at % 5), str(at % 7 + at % 5 + 1), str(at % 7)],
            "answer": 0,
        }
        for at in range(count)
    ]


def _tokenizer(words: list[str]):
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: at for at, word in enumerate(["[UNK]", "[PAD]", "[EOS]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", eos_token="[EOS]")


def _lm_eval(folder: Path, words: list[str], recordings: Path) -> None:
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    model, tasks = folder / "tiny-gpt2", folder / "tasks"
    tasks.mkdir()
    tokenizer = _tokenizer(words)
    GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(tokenizer), n_positions=64, n_embd=32, n_layer=2, n_head=2, bos_token_id=2, eos_token_id=2
        )
    ).save_pretrained(model)
    tokenizer.save_pretrained(model)
    for split, count in (("train", 10), ("test", 50)):
        (folder / f"{split}.json").write_text("\n".join(map(json.dumps, _sums(count))))
    (tasks / "tiny_sums.yaml").write_text(TASK.format(folder=folder))
    (tasks / "tiny_arithmetic.yaml").write_text(GROUP)
    out = folder / "out"
    command = ["--model", "hf", "--model_args", f"pretrained={model},dtype=float32", "--tasks", "tiny_arithmetic"]
    command += ["--num_fewshot", "2", "--include_path", str(tasks), "--device", "cpu", "--batch_size", "8"]
    command += ["--output_path", str(out), "--log_samples"]
    subprocess.run([sys.executable, "-m", "lm_eval", *command], check=True, cwd=folder)
    (results,) = out.rglob("results_*.json")
    (samples,) = out.rglob("samples_*.jsonl")
    home = recordings / "lm-eval"
    home.mkdir(exist_ok=True)
    text = results.read_text(encoding="utf-8").replace(str(folder), "/data")
    log = json.loads(text)
    log.pop("pretty_env_info", None)  # of the machine that it was recorded on
    log["config"]["device"] = "cpu"
    (home / "results_2026-01-01T00-00-00.json").write_text(json.dumps(log, indent=2) + "\n", encoding="utf-8")
    text = samples.read_text(encoding="utf-8").replace(str(folder), "/data")
    (home / "samples_tiny_sums_2026-01-01T00-00-00.jsonl").write_text(text, encoding="utf-8")


def _mteb(folder: Path, words: list[str], recordings: Path) -> None:
    import mteb
    import torch
    from datasets import Dataset, DatasetDict
    from mteb.abstasks.sts import AbsTaskSTS
    from mteb.cache import ResultCache
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    encoder, tokenizer = folder / "tiny-bert", _tokenizer(words)
    BertModel(
        BertConfig(
            vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
        )
    ).save_pretrained(encoder)
    tokenizer.save_pretrained(encoder)
    word = models.Transformer(str(encoder), max_seq_length=32)
    model = SentenceTransformer(modules=[word, models.Pooling(word.get_word_embedding_dimension())], device="cpu")

    sums = [f"{entry['question']} {entry['choices'][0]}" for entry in _sums(40)]

    class TinySTS(AbsTaskSTS):
        metadata = mteb.TaskMetadata(
            name="TinySTS",
            description="Pairs of sums",
            dataset={"path": "example/tiny-sts", "revision": "0123456789abcdef0123456789abcdef01234567"},
            reference="https://example.org",
            type="STS",
            category="t2t",
            modalities=["text"],
            eval_splits=["test"],
            eval_langs=["eng-Latn"],
            main_score="cosine_spearman",
            date=("2026-01-01", "2026-01-01"),
            domains=["Written"],
            task_subtypes=[],
            license="cc0-1.0",
            annotations_creators="derived",
            dialect=[],
            sample_creation="created",
            bibtex_citation="",
        )
        min_score, max_score = 0, 10

        def load_data(self, **_: object) -> None:
            rows = {
                "sentence1": sums,
                "sentence2": list(reversed(sums)),
                "score": [float(at % 11) for at in range(len(sums))],
            }
            self.dataset, self.data_loaded = DatasetDict({"test": Dataset.from_dict(rows)}), True

    cache = folder / "cache"
    mteb.evaluate(model, TinySTS(), cache=ResultCache(cache), overwrite_strategy="always")
    home = recordings / "mteb" / "results" / "example__tiny-bert" / "no_revision_available"
    home.mkdir(parents=True, exist_ok=True)
    (result,) = cache.rglob("TinySTS.json")
    shutil.copy(result, home)
    shutil.copy(result.parent / "model_meta.json", home)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
