"""Architectures of transformers are built from their configuration and counted as their published sizes say."""

import json
from pathlib import Path

import pytest

from registry.types import BuildError
from registry.verify.builders import target
from registry.verify.builders.transformers import config_target, is_config
from registry.verify.counts.model import count_module
from registry.verify.trace import build


@pytest.mark.parametrize(
    ("name", "parameters", "macs"),
    [
        # By hand: 12 layers of 4 projections and 2 of the feed-forward part, the attention's two products, the pooler.
        ("bert", 109_482_240, 128 * 12 * (4 * 768**2 + 8 * 768**2) + 12 * 2 * 128**2 * 768 + 768**2),
        # The same, and the output over 50257 tokens, whose weights are those of the embedding and counted once.
        ("gpt2", 124_439_808, 128 * 12 * (4 * 768**2 + 8 * 768**2) + 12 * 2 * 128**2 * 768 + 128 * 768 * 50257),
        (
            "llama",
            6_738_415_616,
            32 * (128 * (4 * 4096**2 + 3 * 4096 * 11008) + 2 * 128**2 * 4096) + 128 * 4096 * 32000,
        ),
        # Each token passes the router and two of the eight experts; keys and values have a quarter of the heads.
        (
            "mixtral",
            46_702_792_704,
            32 * (128 * (2.5 * 4096**2 + 8 * 4096 + 2 * 3 * 4096 * 14336) + 2 * 128**2 * 4096) + 128 * 4096 * 32000,
        ),
    ],
)
def test_texts_are_counted_as_by_hand(name, parameters, macs):
    network = target(f"transformers:{name}")
    counted = count_module(build(network.build), network.arguments).as_dict()
    assert counted["parameters"]["all parameters"] == parameters
    assert counted["counts"]["MACs"]["total"] == pytest.approx(macs, rel=2e-4)


@pytest.mark.parametrize(("name", "giga"), [("vit", 17.563), ("convnext", 4.455), ("swin", 4.490)])
def test_pictures_are_counted_as_published(name, giga):
    network = target(f"transformers:{name}")
    counted = count_module(build(network.build), network.arguments).as_dict()
    assert counted["counts"]["MACs"]["total"] / 1e9 == pytest.approx(giga, abs=0.001)


@pytest.mark.parametrize("name", ["whisper", "t5", "wav2vec2", "opt"])
def test_sounds_and_encoders_with_decoders_run(name):
    network = target(f"transformers:{name}")
    assert count_module(build(network.build), network.arguments).as_dict()["counts"]["MACs"]["total"] > 10**9


def test_a_configuration_beside_a_card_leads_to_its_model(tmp_path: Path):
    import registry
    from registry.verify.builders import resolve

    settings = {"model_type": "bert", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    (tmp_path / "config.json").write_text(json.dumps({**settings, "architectures": ["BertForSequenceClassification"]}))
    (tmp_path / "README.md").write_text(
        "---\nlibrary_name: transformers\npipeline_tag: text-classification\n---\n# A\n"
    )
    (model,) = registry.load(tmp_path).models
    target = resolve(model)
    assert target.name == "bert.BertForSequenceClassification"
    assert type(build(target.build)).__name__ == "BertForSequenceClassification"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "cannot be read"),
        ("[]", "holds no object"),
        ("{}", "names no model_type"),
        ('{"model_type": "mystery", "auto_map": {"AutoModel": "modeling.Mystery"}}', "brings its own code"),
        ('{"model_type": "bert", "architectures": ["os"]}', "has no model class 'os'"),
        ('{"model_type": "bert", "architectures": ["BertConfig"]}', "has no model class 'BertConfig'"),
        ('{"model_type": "bert", "hidden_size": "wide"}', "refuses the configuration"),
    ],
)
def test_a_configuration_of_something_else_is_refused_in_one_sentence(tmp_path: Path, text: str, message: str):
    (tmp_path / "config.json").write_text(text)
    assert is_config(str(tmp_path))
    with pytest.raises(BuildError, match=message) as refused:
        build(config_target(tmp_path).build)
    assert "\n" not in refused.value.message


def test_an_unknown_architecture_names_a_near_one():
    with pytest.raises(BuildError, match="bert"):
        target("transformers:brt")


SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 99}
_BOTH = {"layers": 2, "attention_heads": 4, "ffn_dim": 64}
ENCODER_DECODER = {
    "d_model": 32,
    "vocab_size": 99,
    **{f"{part}_{name}": value for part in ("encoder", "decoder") for name, value in _BOTH.items()},
}


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("bert", {**SMALL, "intermediate_size": 64}),
        ("deberta-v2", {**SMALL, "intermediate_size": 64, "relative_attention": True, "pos_att_type": "p2c|c2p"}),
        ("gpt2", {"n_embd": 32, "n_layer": 2, "n_head": 4, "vocab_size": 99}),
        ("llama", {**SMALL, "intermediate_size": 64, "num_key_value_heads": 2}),
        ("t5", {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4, "vocab_size": 99}),
        ("whisper", {**ENCODER_DECODER, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
                     "decoder_start_token_id": 1, "max_target_positions": 128}),
        ("vit", {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}),
    ],
)  # fmt: skip
def test_a_model_without_values_counts_as_torch_counts_a_run_with_values(tmp_path: Path, kind, settings):
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    (tmp_path / "config.json").write_text(json.dumps({"model_type": kind, **settings}))
    target = config_target(tmp_path)
    counted = count_module(build(target.build), target.arguments).as_dict()
    assert counted["run"] == "the model without values"
    keywords = {
        name: torch.ones(spec.shape, dtype=getattr(torch, spec.dtype or "float32"))
        for name, spec in target.arguments.keywords.items()
    }
    # torch's counter has no formula for the attention that a CPU runs otherwise.
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        target.build().requires_grad_(False)(**keywords)
    assert counted["counts"]["torch"]["total"] == counter.get_total_flops()


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("videomae", "pixel_values=1x16x3x224x224"),
        ("audio-spectrogram-transformer", "input_values=1x1024x128"),
        ("speech_to_text", "input_features=1x3000x80, decoder_input_ids=1x128:int64"),
    ],
)
def test_films_and_spectrograms_are_found_by_what_the_model_takes(kind, inputs):
    assert str(target(f"transformers:{kind}").arguments) == inputs


def test_a_shape_is_that_of_the_model_s_own_first_input(mir):
    code, out, _ = mir("count", "transformers:gpt2", "--input", "1x64", "--format", "json")
    counted = json.loads(out)
    assert (code, counted["input"]) == (0, "input_ids=1x64:int64, attention_mask=1x1x64x64:bool")
    assert counted["tokens"] == 64
    _, out, _ = mir("count", "transformers:gpt2", "--input", "1x128")
    assert "126 M MACs for each token, of 128 tokens in one pass, without a cache of keys and values." in " ".join(
        out.split()
    )
    code, _, err = mir("count", "transformers:gpt2", "--input", "1x2x3")
    assert code == 2
    assert "input_ids has a shape such as 1x128:int64" in err
