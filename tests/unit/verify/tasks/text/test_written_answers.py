"""Models that write: translations, transcripts, summaries, and captions beside the pipelines of transformers."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.unit.verify.tasks.text.examples import OTHERS, TEXTS, values
from tests.unit.verify.tasks.text.small import transformers

pytestmark = pytest.mark.slow


def test_translations_are_those_of_generate(saved: Callable[..., Path], answered: Callable[..., Any]) -> None:
    config = transformers.T5Config(
        vocab_size=80, d_model=24, d_kv=8, d_ff=32, num_layers=2, num_heads=2, decoder_start_token_id=0, pad_token_id=0,
        eos_token_id=3, task_specific_params={"translation_en_to_de": {"prefix": "the film: "}},
    )  # fmt: skip
    folder = saved("T5ForConditionalGeneration", config)
    settings = transformers.GenerationConfig(
        max_new_tokens=12, num_beams=2, decoder_start_token_id=0, pad_token_id=0, eos_token_id=3
    )
    settings.save_pretrained(folder)
    rows = [{"translation": {"en": one, "de": other}} for one, other in zip(TEXTS, reversed(TEXTS), strict=True)]
    answer = answered(folder, "translation", {"bleu": 10, "chrf": 10, "rouge1": 10}, rows)
    cut = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.T5ForConditionalGeneration.from_pretrained(folder)
    for text, translation in zip(TEXTS, answer.predictions.documents["predicted"], strict=True):
        encoding = cut("the film: " + text, return_tensors="pt", truncation=True, return_token_type_ids=False)
        (tokens,) = model.generate(**encoding, generation_config=settings)
        assert translation == cut.decode(tokens, skip_special_tokens=True).strip()
    assert len(set(answer.predictions.documents["predicted"])) > 5
    assert values(answer)["bleu"].details["preprocessing"]["prefix"] == "the film: "
    assert values(answer)["bleu"].details["metric"]["signature"].startswith("nrefs:1|case:mixed|eff:no|tok:13a")


def sound(seed: int) -> bytes:
    """Half a second of noise as a WAV file."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        noise = np.random.default_rng(seed).normal(0, 3000, 4000 + 500 * seed)
        file.writeframes(noise.astype("<i2").tobytes())
    return data.getvalue()


def transcribed_sounds(folder: Path) -> Path:
    """A data set of five sounds."""
    folder.mkdir()
    for seed in range(5):
        (folder / f"{seed}.wav").write_bytes(sound(seed))
    rows = [{"file_name": f"{seed}.wav", "transcription": "A bad cafe."} for seed in range(5)]
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_speech_is_the_pipeline_s(saved: Callable[..., Path], answered: Callable[..., Any], tmp_path: Path) -> None:
    letters = {letter: at for at, letter in enumerate(["<pad>", "<s>", "</s>", "<unk>", "|", *"ABCDEFGHIJ"])}
    (tmp_path / "letters.json").write_text(json.dumps(letters))
    cut = transformers.Wav2Vec2CTCTokenizer(str(tmp_path / "letters.json"))
    config = transformers.Wav2Vec2Config(
        vocab_size=len(letters), hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        conv_dim=(16, 16, 16), conv_stride=(5, 4, 4), conv_kernel=(10, 8, 4), num_feat_extract_layers=3,
        num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        feat_extract_norm="layer",
    )  # fmt: skip
    folder = saved("Wav2Vec2ForCTC", config, cut)
    transformers.Wav2Vec2FeatureExtractor(return_attention_mask=True).save_pretrained(folder)
    data = transcribed_sounds(tmp_path / "sounds")
    answer = answered(folder, "automatic-speech-recognition", {"wer": 90.0, "cer": 90.0}, data)
    pipe = transformers.pipeline("automatic-speech-recognition", model=str(folder), dtype=torch.float32, device="cpu")
    for seed, transcript in enumerate(answer.predictions.documents["predicted"]):
        with wave.open(io.BytesIO(sound(seed))) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        assert transcript == pipe({"raw": samples, "sampling_rate": 16_000})["text"]
        assert len(transcript) > 5
    assert values(answer)["word-error-rate"].details["metric"]["normaliser"].startswith("ToLowerCase")


def test_whisper_writes_what_generate_does(
    saved: Callable[..., Path], answered: Callable[..., Any], tmp_path: Path
) -> None:
    config = transformers.WhisperConfig(
        vocab_size=80, d_model=24, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, num_mel_bins=16, max_source_positions=50,
        max_target_positions=20, pad_token_id=0, bos_token_id=2, eos_token_id=3, decoder_start_token_id=2,
        begin_suppress_tokens=None,
    )  # fmt: skip
    folder = saved("WhisperForConditionalGeneration", config)
    transformers.WhisperFeatureExtractor(feature_size=16, chunk_length=1, n_fft=400).save_pretrained(folder)
    transformers.GenerationConfig(
        max_new_tokens=8, decoder_start_token_id=2, pad_token_id=0, bos_token_id=2, eos_token_id=3
    ).save_pretrained(folder)
    data = transcribed_sounds(tmp_path / "sounds")
    answer = answered(folder, "automatic-speech-recognition", {"wer": 90.0, "cer": 90.0}, data)
    # Its pipeline needs a tokenizer of its own for times; these are the calls that it makes.
    extract = transformers.AutoFeatureExtractor.from_pretrained(folder)
    cut = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.WhisperForConditionalGeneration.from_pretrained(folder)
    settings = transformers.GenerationConfig.from_pretrained(folder)
    for seed, transcript in enumerate(answer.predictions.documents["predicted"]):
        with wave.open(io.BytesIO(sound(seed))) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        features = extract(samples, sampling_rate=16_000, return_tensors="pt").input_features
        (tokens,) = model.generate(features, generation_config=settings)
        assert transcript == cut.decode(tokens, skip_special_tokens=True).strip()
        assert transcript
    assert set(values(answer)) == {"word-error-rate", "character-error-rate"}


def test_summaries_of_bart_are_those_of_generate(saved: Callable[..., Path], answered: Callable[..., Any]) -> None:
    config = transformers.BartConfig(
        vocab_size=80, d_model=24, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=40, pad_token_id=0,
        bos_token_id=2, eos_token_id=3, decoder_start_token_id=3, forced_eos_token_id=3,
    )  # fmt: skip
    folder = saved("BartForConditionalGeneration", config)
    settings = transformers.GenerationConfig(
        max_new_tokens=10, num_beams=2, decoder_start_token_id=3, pad_token_id=0, bos_token_id=2, eos_token_id=3
    )
    settings.save_pretrained(folder)
    rows = [{"document": one, "summary": other} for one, other in zip(TEXTS, OTHERS, strict=True)]
    answer = answered(folder, "summarization", {"rouge1": 10, "rougeL": 10, "rougeLsum": 10}, rows)
    cut = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.BartForConditionalGeneration.from_pretrained(folder)
    for text, summary in zip(TEXTS, answer.predictions.documents["predicted"], strict=True):
        encoding = cut(text, return_tensors="pt", truncation=True, return_token_type_ids=False)
        (tokens,) = model.generate(**encoding, generation_config=settings)
        assert summary == cut.decode(tokens, skip_special_tokens=True).strip()
    assert len(values(answer)) == 3


def test_pictures_are_the_pipeline_s(saved: Callable[..., Path], answered: Callable[..., Any], tmp_path: Path) -> None:
    config = transformers.ViTConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, image_size=16, patch_size=8,
        id2label={0: "cat", 1: "dog", 2: "bird"}, label2id={"cat": 0, "dog": 1, "bird": 2},
    )  # fmt: skip
    folder = saved("ViTForImageClassification", config)
    transformers.ViTImageProcessor(size={"height": 16, "width": 16}).save_pretrained(folder)
    random = np.random.default_rng(0)
    pictures = [Image.fromarray(random.integers(0, 256, (20, 30, 3)).astype(np.uint8)) for _ in range(12)]
    for at, picture in enumerate(pictures):
        place = tmp_path / "pictures" / ("cat", "dog", "bird")[at % 3] / f"{at:02}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        picture.save(place)
    answer = answered(folder, "image-classification", {"accuracy": 0.3}, tmp_path / "pictures")
    pipe = transformers.pipeline("image-classification", model=str(folder), dtype=torch.float32, device="cpu")
    names = [int(Path(name).stem) for name in answer.predictions.samples]
    for row, at in enumerate(names):
        outputs = pipe(pictures[at], top_k=3)
        assert [config.id2label[label] for label in answer.predictions.arrays["top"][row][:3]] == [
            output["label"] for output in outputs
        ]
        scores = torch.from_numpy(answer.predictions.arrays["scores"][row]).softmax(0).tolist()
        assert scores == pytest.approx([output["score"] for output in outputs], abs=1e-5)
