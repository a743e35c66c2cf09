"""Cards of timm's configurations, against timm itself; its tables of results, against their own cells."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from registry.claims import claims
from registry.importers import timm_cards as importer
from registry.importers.card_text import ImportedCard
from registry.loader import load
from registry.types import Index, UsageError
from registry.verify.torchvision_ops import import_torchvision

# Lines as timm publishes them, thousands with a comma included; the last model is of no release.
TABLE = """\
model,top1,top1_err,top5,top5_err,param_count,img_size,crop_pct,interpolation
eva_giant_patch14_336.m30m_ft_in22k_in1k,89.566,10.434,98.952,1.048,"1,013.01",336,1.000,bicubic
volo_d5_512.sail_in1k,87.058,12.942,97.970,2.030,296.09,512,1.150,bicubic
resnet50.a1_in1k,80.210,19.790,94.6,5.4,25.56,224,0.950,bicubic
resnet50.a1_in1k,81.214,18.786,95.1,4.9,25.56,288,1.000,bicubic
repvgg_a0.rvgg_in1k,72.408,27.592,90.494,9.506,9.11,224,0.875,bilinear
gone.in1k,50.000,50.000,75.0,25.0,1.00,224,0.875,bilinear
"""


BENCHMARKS = {
    "benchmark-infer-amp-nhwc-pt240-cu124-rtx4090": """\
model,infer_img_size,infer_samples_per_sec,infer_step_time,infer_batch_size,param_count,infer_gmacs,infer_macts
resnet50,224,4300.5,119.056,512,25.56,4.11,11.11
resnet50,288,2600,196.92,512,25.56,6.8,18.37
repvgg_a0,224,9000.1,56.888,512,9.11,1.52,3.59
""",
    "benchmark-infer-fp32-nchw-pt291-cpu-i9_10940x-dynamo": """\
model,infer_img_size,infer_samples_per_sec,infer_step_time,infer_batch_size,param_count,infer_gmacs,infer_macts
resnet50,224,30.25,33.057,1,25.56,4.11,11.11
repvgg_a0,224,80.5,99,1,8.31,1.36,1.79
""",
}
METADATA = "model,pretrain\nresnet50.a1_in1k,in1k\n"


@pytest.fixture(scope="module")
def timm():
    import_torchvision()
    return pytest.importorskip("timm")


@pytest.fixture(scope="module")
def cards(timm, tmp_path_factory: pytest.TempPathFactory) -> list[ImportedCard]:
    table = tmp_path_factory.mktemp("tables") / "results-imagenet.csv"
    table.write_text(TABLE)
    real = table.with_name("results-imagenet-real.csv")
    real.write_text(TABLE.replace("80.210", "85.0"))
    for name, text in BENCHMARKS.items():
        (table.parent / f"{name}.csv").write_text(text)
    (table.parent / "model_metadata-in1k.csv").write_text(METADATA)
    return importer.cards([table.parent], source="results/ at abc123")


@pytest.fixture(scope="module")
def index(cards: list[ImportedCard], tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("cards")
    for card in cards:
        (folder / card.file).write_text(card.text, encoding="utf-8")
    return load([folder])


def test_every_pretrained_configuration_is_on_the_card_of_its_module(timm, index: Index) -> None:
    from timm.models._registry import _model_to_module

    names = [model.name for model in index.models]
    assert len(names) == len(set(names))
    assert set(names) == {*timm.list_pretrained(), "gone.in1k", "resnet50.a1_in1k at 224"}
    for model in index.models:
        if model.name != "gone.in1k":
            assert model.collection == f"timm {_model_to_module[model.name.partition('.')[0]]}"
            assert Path(model.file).stem.replace("-", "_") == _model_to_module[model.name.partition(".")[0]]
    assert not index.findings


def test_what_a_card_says_is_what_the_configuration_says(timm, index: Index) -> None:
    for model in index.models:
        if model.name == "gone.in1k" or " at " in model.name:
            continue
        config = timm.get_pretrained_cfg(model.name)
        sizes = (config.test_input_size or config.input_size)[-2:]
        assert str(model.get("Image Size")) in (str(sizes[0]), f"{sizes[0]}x{sizes[1]}")
        assert model.get("Crop Pct") == (config.test_crop_pct or config.crop_pct)
        assert model.get("Interpolation") == config.interpolation
        assert tuple(model.get("Mean")) == tuple(config.mean)
        assert model.get("Categories") == (config.num_classes or None)
        assert (config.hf_hub_id or config.url or "") in str(model.get("Weights"))


def test_only_tables_make_claims(index: Index) -> None:
    entries = {(claim.model, claim.label, claim.dataset and claim.dataset.name): claim for claim in claims(index)}
    names = {line.partition(",")[0] for line in TABLE.splitlines()[1:]}
    assert {name for name, _, dataset in entries if dataset} == {*names, "resnet50.a1_in1k at 224"}
    assert {name.partition(".")[0] for name, _, _ in entries} == {name.partition(".")[0] for name in names}
    assert entries["resnet50.a1_in1k", "Top 1 Accuracy", "ImageNet"].reported.text == "81.214%"
    assert entries["resnet50.a1_in1k at 224", "Top 1 Accuracy", "ImageNet"].reported.text == "80.210%"
    assert entries["resnet50.a1_in1k at 224", "Top 1 Accuracy", "ImageNet-ReaL"].reported.text == "85.0%"
    assert entries["resnet50.a1_in1k at 224", "Top 5 Accuracy", "ImageNet"].reported.text == "94.6%"
    assert entries["resnet50.a1_in1k", "Parameters", None].reported.value == 25_560_000
    assert entries["eva_giant_patch14_336.m30m_ft_in22k_in1k", "Parameters", None].reported.value == 1_013_010_000
    assert entries["gone.in1k", "Top 1 Accuracy", "ImageNet"].reported.text == "50.000%"


def test_pictures_of_another_size_make_another_model(index: Index) -> None:
    models = {model.name: model for model in index.models}
    assert (models["resnet50.a1_in1k"].get("Image Size"), models["resnet50.a1_in1k at 224"].get("Image Size")) == (
        288,
        224,
    )
    assert models["resnet50.a1_in1k at 224"].get("Crop Pct") == 0.95
    assert models["resnet50.a1_in1k at 224"].get("Builder") == "timm:resnet50.a1_in1k"
    assert not any(result.extra for model in models.values() for result in model.results)


def test_benchmarks_are_claims_of_their_machine(index: Index) -> None:
    entries = {(claim.model, claim.label): claim for claim in claims(index) if claim.subject in ("throughput", "flops")}
    assert entries["resnet50.a1_in1k", "FLOPs"].reported.text == "6.80 GMACs"
    assert entries["resnet50.a1_in1k at 224", "FLOPs"].reported.text == "4.11 GMACs"
    throughput = [claim for (name, _), claim in entries.items() if name == "resnet50.a1_in1k at 224"][1:]
    assert [(str(claim.reported.value), dict(claim.conditions)) for claim in throughput] == [
        (
            "4300.5",
            {
                "hardware": "NVIDIA GeForce RTX 4090",
                "mode": "AMP",
                "batch size": "512",
                "resolution": "(224, 224)",
                "software": "PyTorch 2.4.0, CUDA 12.4, channels last",
            },
        ),
        (
            "30.25",
            {
                "hardware": "Intel Core i9-10940X",
                "mode": "FP32",
                "batch size": "1",
                "resolution": "(224, 224)",
                "software": "PyTorch 2.9.1, torch.compile",
            },
        ),
    ]


def test_tables_that_disagree_are_both_on_the_card(index: Index) -> None:
    model = next(model for model in index.models if model.name == "repvgg_a0.rvgg_in1k")
    assert (model.get("Parameters"), model.get("FLOPs")) == ("9.11M", "1.52 GMACs")
    table = "benchmark-infer-fp32-nchw-pt291-cpu-i9_10940x-dynamo"
    assert model.get("Other Tables") == f"8.31M parameters and 1.36 GMACs in {table}"


def test_a_card_names_the_tables_and_what_its_weights_were_trained_on(cards: list[ImportedCard], index: Index) -> None:
    assert all("results/ at abc123" in card.text for card in cards if card.file != "not-in-this-release.md")
    assert next(model for model in index.models if model.name == "resnet50.a1_in1k").get("Pretraining") == "in1k"


def test_only_what_is_in_a_table_where_that_is_asked(timm, tmp_path: Path) -> None:
    table = tmp_path / "results-imagenet.csv"
    table.write_text(TABLE)
    counts = [card.text.count("\n- Name: ") for card in importer.cards([table], measured=True)]
    assert sum(counts) - len(counts) == 6


def test_a_step_time_that_is_not_the_batch_over_the_throughput_is_named(tmp_path: Path) -> None:
    for name, text in BENCHMARKS.items():
        (tmp_path / f"{name}.csv").write_text(text)
    (message,) = importer.odd([tmp_path])
    assert "repvgg_a0: a batch of 1 in 99 ms is not 80.5 pictures a second" in message


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("results.csv", TABLE, "does not say what it was measured on"),
        ("results-imagenet.csv", "a,b\n1,2\n", "has no column model, img_size"),
        ("results-imagenet.csv", TABLE.replace("80.210", "high"), "csv:4: top1 is 'high', which is no number"),
        ("results-imagenet.csv", TABLE.replace("gone.in1k", "--> x"), "csv:7: '--> x' is no name of a model"),
        ("results-imagenet.csv", TABLE + "short,1\n", "csv:8: img_size is '', which is no number"),
        ("results-imagenet.csv", b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_what_is_no_table_of_timms_is_refused_in_one_sentence(
    tmp_path: Path, name: str, text: str | bytes, reason: str
) -> None:
    table = tmp_path / name
    table.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
    with pytest.raises(UsageError) as raised:
        importer.cards([table])
    assert reason in str(raised.value)


def test_the_cards_pass_the_check(cards: list[ImportedCard], tmp_path: Path, mir) -> None:
    for card in cards:
        (tmp_path / card.file).write_text(card.text, encoding="utf-8")
    code, out, _ = mir("check", "--fail-on", "error", tmp_path)
    assert code == 0, out
