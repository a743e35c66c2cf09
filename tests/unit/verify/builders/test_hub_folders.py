"""Folders as the Hub has them, of sentence-transformers, PEFT and timm, lead to the models that they describe."""

import json
from pathlib import Path
from typing import Any

import pytest

import registry
from registry.types import BuildError
from registry.verify.builders import adapters, resolve, sentence_transformers, target
from registry.verify.counts.model import count_module
from registry.verify.trace import build

MINI_LM = {
    "model_type": "bert",
    "architectures": ["BertForMaskedLM"],
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
}


def _write(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def _card(library: str) -> str:
    return f"---\nlibrary_name: {library}\npipeline_tag: feature-extraction\n---\n# A\n"


def _modules(*kinds: str) -> list[dict[str, Any]]:
    return [
        {
            "idx": at,
            "name": str(at),
            "path": f"{at}_{kind}" if at else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for at, kind in enumerate(kinds)
    ]


def _counted(target: Any) -> dict[str, Any]:
    return count_module(build(target.build), target.arguments).as_dict()


def test_sentences_are_encoded_without_the_head_and_through_the_dense_layers(tmp_path: Path):
    files = {
        "modules.json": _modules("Transformer", "Pooling", "Dense", "Normalize"),
        "config.json": MINI_LM,
        "2_Dense/config.json": {"in_features": 384, "out_features": 128, "bias": True},
        "README.md": _card("sentence-transformers"),
    }
    (model,) = registry.load(_write(tmp_path, files) / "README.md").models
    counted = _counted(resolve(model))
    # all-MiniLM-L6-v2 as it is published, and the dense layer.
    assert counted["parameters"]["all parameters"] == 22_713_216 + 384 * 128 + 128
    by_hand = 128 * 6 * (4 * 384**2 + 2 * 384 * 1536) + 6 * 2 * 128**2 * 384 + 384**2 + 384 * 128
    assert counted["counts"]["MACs"]["total"] == pytest.approx(by_hand, rel=2e-4)


def test_of_t5_sentences_are_encoded_with_the_encoder(tmp_path: Path):
    settings = {"model_type": "t5", "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4}
    _write(tmp_path, {"modules.json": _modules("Transformer", "Pooling"), "config.json": settings})
    target = sentence_transformers.folder_target(tmp_path)
    assert list(target.arguments.keywords) == ["input_ids"]  # type: ignore[union-attr]
    assert not any("decoder" in name for name, _ in build(target.build).named_parameters())


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"modules.json": "["}, "modules.json cannot be read"),
        ({"modules.json": {}}, "lists no modules"),
        ({"modules.json": _modules("WordEmbeddings")}, "begins with a module of the type WordEmbeddings"),
        ({"modules.json": _modules("Transformer", "CNN"), "config.json": MINI_LM}, "of the type CNN, which is not"),
        (
            {"modules.json": _modules("Transformer", "Dense"), "config.json": MINI_LM, "1_Dense/config.json": {}},
            "does not say in_features and out_features",
        ),
        ({"modules.json": [{"type": "Transformer", "path": "../../etc"}]}, "lies outside of the model's folder"),
    ],
)
def test_what_is_no_model_of_sentences_is_refused_in_one_sentence(tmp_path: Path, files: dict[str, Any], message: str):
    with pytest.raises(BuildError, match=message):
        sentence_transformers.folder_target(_write(tmp_path / "a" / "b", files))


LORA = {
    "peft_type": "LORA",
    "base_model_name_or_path": "base",
    "r": 8,
    "lora_alpha": 16,
    "target_modules": ["c_attn"],
    "fan_in_fan_out": True,
    "megatron_core": "os",
    "init_lora_weights": "pissa",
}


def test_an_adapter_is_counted_on_its_base(tmp_path: Path):
    base = {"base/config.json": {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}}
    files = {"adapter_config.json": LORA, "README.md": _card("peft"), **base}
    (model,) = registry.load(_write(tmp_path, files) / "README.md").models
    adapter = resolve(model)
    counted = _counted(adapter)
    assert counted["parameters"]["all parameters"] == 124_439_808 + 12 * 8 * (768 + 3 * 768)
    own = _counted(target("transformers:gpt2"))["counts"]["MACs"]["total"]
    assert counted["counts"]["MACs"]["total"] == own + 128 * 12 * 8 * (768 + 3 * 768)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"peft_type": "PROMPT_TUNING"}, "is of the type PROMPT_TUNING"),
        ({"peft_type": "LORA"}, "names no base model"),
        ({**LORA, "base_model_name_or_path": "owner/base"}, "mir check hf://owner/base fetches its configuration"),
        ({**LORA, "base_model_name_or_path": "../base"}, "is not a folder inside the adapter's folder"),
    ],
)
def test_an_adapter_without_its_base_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], message: str
):
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    with pytest.raises(BuildError, match=message):
        adapters.folder_target(_write(tmp_path / "adapter", {"adapter_config.json": settings}))


def test_timm_s_ids_on_the_hub_and_its_configurations_lead_to_its_models(tmp_path: Path):
    assert target("timm:hf_hub:timm/resnet18.a1_in1k").name == "resnet18.a1_in1k"
    assert target("timm:hf-hub:resnet18").name == "resnet18"
    with pytest.raises(BuildError, match=r"keep the card beside its config\.json"):
        target("timm:hf-hub:somebody/flowers")
    settings = {"architecture": "resnet18", "num_classes": 5, "pretrained_cfg": {"tag": "a1_in1k"}}
    (model,) = registry.load(
        _write(tmp_path, {"config.json": settings, "README.md": _card("timm")}) / "README.md"
    ).models
    network = resolve(model)
    assert network.name == "resnet18.a1_in1k"
    assert sum(parameter.numel() for parameter in build(network.build).parameters()) == 11_689_512 - 995 * 513


def test_a_model_of_the_hub_is_built_from_the_configuration_that_was_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MIR_CACHE", str(tmp_path))
    with pytest.raises(BuildError, match="mir check hf://owner/mini fetches its configuration"):
        target("transformers:owner/mini")
    with pytest.raises(BuildError, match="it must be owner/model"):
        target("transformers:../../etc")
    _write(
        tmp_path / "hub" / "models" / "main" / "owner" / "mini",
        {"config.json": {**MINI_LM, "architectures": ["BertModel"]}},
    )
    counted = _counted(target("transformers:owner/mini"))
    assert counted["parameters"]["all parameters"] == 22_713_216
