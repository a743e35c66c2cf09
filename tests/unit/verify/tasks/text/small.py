"""Texts of a few words, a tokenizer trained on them, and the configuration of a model that is run in a moment."""

from __future__ import annotations

from typing import Any

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from registry.verify.builders.transformers_files import library

transformers = library()

TEXT = "the a film was is very good bad dull great plot actor scene and but not so I it saw liked hated end"
WORDS = TEXT.split()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def sentences(count: int, seed: int = 0) -> list[str]:
    random = np.random.default_rng(seed)
    words = [" ".join(random.choice(WORDS, random.integers(2, 40))) for _ in range(count)]
    return [text + str(random.choice([".", "!", " ?"])) for text in words]


def tokenizer() -> Any:
    """WordPiece as BERT's: some words, and the letters of all others."""
    letters = [chr(ord("a") + at) for at in range(26)]
    pieces = dict.fromkeys([*SPECIAL, *".!?", *letters, *(f"##{letter}" for letter in letters), *WORDS[:10]])
    vocabulary = {piece: at for at, piece in enumerate(pieces)}
    wordpiece = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    wordpiece.normalizer = normalizers.BertNormalizer()
    wordpiece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    wordpiece.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return transformers.BertTokenizerFast(tokenizer_object=wordpiece, model_max_length=32)


def bert(**settings: Any) -> Any:
    return transformers.BertConfig(
        vocab_size=80,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
        pad_token_id=0,
        **settings,
    )
