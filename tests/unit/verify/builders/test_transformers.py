"""Architectures of transformers are built from their configuration and counted as their published sizes say."""

import json
from pathlib import Path

import pytest

pytest.importorskip("transformers")

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
    ],
)
def test_texts_are_counted_as_by_hand(name, parameters, macs):
    found = target(f"transformers:{name}")
    counted = count_module(build(found.build), found.arguments).as_dict()
    assert counted["parameters"]["all parameters"] == parameters
    assert counted["counts"]["MACs"]["total"] == pytest.approx(macs, rel=2e-4)


@pytest.mark.parametrize(("name", "giga"), [("vit", 17.563), ("convnext", 4.455), ("swin", 4.490)])
def test_pictures_are_counted_as_published(name, giga):
    found = target(f"transformers:{name}")
    counted = count_module(build(found.build), found.arguments).as_dict()
    assert counted["counts"]["MACs"]["total"] / 1e9 == pytest.approx(giga, abs=0.001)


@pytest.mark.parametrize("name", ["whisper", "t5", "wav2vec2", "opt"])
def test_sounds_and_encoders_with_decoders_run(name):
    found = target(f"transformers:{name}")
    assert count_module(build(found.build), found.arguments).as_dict()["counts"]["MACs"]["total"] > 10**9


def test_a_configuration_beside_a_card_leads_to_its_model(tmp_path: Path):
    import registry
    from registry.verify.builders import resolve

    settings = {"model_type": "bert", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    (tmp_path / "config.json").write_text(json.dumps({**settings, "architectures": ["BertForSequenceClassification"]}))
    (tmp_path / "README.md").write_text(
        "---\nlibrary_name: transformers\npipeline_tag: text-classification\n---\n# A\n"
    )
    (model,) = registry.load(tmp_path).models
    found = resolve(model)
    assert found.name == "bert.BertForSequenceClassification"
    assert type(build(found.build)).__name__ == "BertForSequenceClassification"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "cannot be read"),
        ("[]", "names no model_type"),
        ("{}", "names no model_type"),
        ('{"model_type": "mystery", "auto_map": {"AutoModel": "modeling.Mystery"}}', "brings its own code"),
        ('{"model_type": "bert", "architectures": ["os"]}', "has no model class 'os'"),
        ('{"model_type": "bert", "architectures": ["BertConfig"]}', "has no model class 'BertConfig'"),
        ('{"model_type": "bert", "hidden_size": "wide"}', "refuses the configuration"),
    ],
)
def test_a_configuration_of_something_else_is_refused_in_one_sentence(tmp_path: Path, text: str, said: str):
    (tmp_path / "config.json").write_text(text)
    assert is_config(str(tmp_path))
    with pytest.raises(BuildError, match=said) as refused:
        build(config_target(tmp_path).build)
    assert "\n" not in refused.value.message


def test_an_unknown_architecture_names_a_near_one():
    with pytest.raises(BuildError, match="bert"):
        target("transformers:brt")
