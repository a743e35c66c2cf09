"""Cards of timm's configurations, against timm itself; its tables of results, against their own cells."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from registry.claims import claims
from registry.importers import timm as importer
from registry.importers.card import ImportedCard
from registry.loader import load
from registry.types import Index, UsageError
from registry.verify.torchvision_ops import import_torchvision

# Lines as timm publishes them, thousands with a comma included; the last model is of no release.
TABLE = """\
model,top1,top1_err,top5,top5_err,param_count,img_size,crop_pct,interpolation
eva_giant_patch14_336.m30m_ft_in22k_in1k,89.566,10.434,98.952,1.048,"1,013.01",336,1.000,bicubic
volo_d5_512.sail_in1k,87.058,12.942,97.970,2.030,296.09,512,1.150,bicubic
resnet50.a1_in1k,80.210,19.790,94.6,5.4,25.56,224,0.950,bicubic
gone.in1k,50.000,50.000,75.0,25.0,1.00,224,0.875,bilinear
"""


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
    return importer.cards([table, real])


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
    assert set(names) == {*timm.list_pretrained(), "gone.in1k"}
    for model in index.models:
        if model.name != "gone.in1k":
            assert model.collection == f"timm {_model_to_module[model.name.partition('.')[0]]}"
            assert Path(model.file).stem.replace("-", "_") == _model_to_module[model.name.partition(".")[0]]
    assert not index.findings


def test_what_a_card_says_is_what_the_configuration_says(timm, index: Index) -> None:
    for model in index.models:
        config = timm.get_pretrained_cfg(model.name, allow_unregistered=True)
        if config is None:
            continue
        sizes = (config.test_input_size or config.input_size)[-2:]
        assert str(model.get("Image Size")) in (str(sizes[0]), f"{sizes[0]}x{sizes[1]}")
        assert model.get("Crop Pct") == (config.test_crop_pct or config.crop_pct)
        assert model.get("Interpolation") == config.interpolation
        assert tuple(model.get("Mean")) == tuple(config.mean)
        assert model.get("Categories") == (config.num_classes or None)
        assert (config.hf_hub_id or config.url or "") in str(model.get("Weights"))


def test_only_tables_make_claims(index: Index) -> None:
    found = {(claim.model, claim.label, claim.dataset and claim.dataset.name): claim for claim in claims(index)}
    assert {name for name, _, _ in found} == {line.partition(",")[0] for line in TABLE.splitlines()[1:]}
    assert found["resnet50.a1_in1k", "Top 1 Accuracy", "ImageNet"].reported.text == "80.210%"
    assert found["resnet50.a1_in1k", "Top 1 Accuracy", "ImageNet-ReaL"].reported.text == "85.0%"
    assert found["resnet50.a1_in1k", "Top 5 Accuracy", "ImageNet"].reported.text == "94.6%"
    assert found["resnet50.a1_in1k", "Parameters", None].reported.value == 25_560_000
    assert found["eva_giant_patch14_336.m30m_ft_in22k_in1k", "Parameters", None].reported.value == 1_013_010_000
    assert found["gone.in1k", "Top 1 Accuracy", "ImageNet"].reported.text == "50.000%"


def test_a_result_says_where_its_pictures_were_not_as_the_card_says(index: Index) -> None:
    resnet = next(model for model in index.models if model.name == "resnet50.a1_in1k")
    assert resnet.get("Image Size") == 288
    assert resnet.results[0].extra == {"Image Size": 224, "Crop Pct": 0.95}
    eva = next(model for model in index.models if model.name.startswith("eva_giant_patch14_336.m30m"))
    assert not eva.results[0].extra


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("results.csv", TABLE, "does not say what it was measured on"),
        ("results-imagenet.csv", "a,b\n1,2\n", "has no column model, img_size"),
        ("results-imagenet.csv", TABLE.replace("80.210", "high"), "csv:4: top1 is 'high', which is no number"),
        ("results-imagenet.csv", TABLE.replace("gone.in1k", "--> x"), "csv:5: '--> x' is no name of a model"),
        ("results-imagenet.csv", TABLE + "short,1\n", "csv:6: img_size is '', which is no number"),
        ("results-imagenet.csv", b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_what_is_no_table_of_timms_is_refused_in_one_sentence(
    tmp_path: Path, name: str, text: str | bytes, said: str
) -> None:
    table = tmp_path / name
    table.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
    with pytest.raises(UsageError) as raised:
        importer.cards([table])
    assert said in str(raised.value)


def test_the_cards_pass_the_check(cards: list[ImportedCard], tmp_path: Path, mir) -> None:
    for card in cards:
        (tmp_path / card.file).write_text(card.text, encoding="utf-8")
    code, out, _ = mir("check", "--fail-on", "error", tmp_path)
    assert code == 0, out
