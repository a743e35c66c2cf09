"""Every "Load it" of torchvision's zoo is run, without its weights, which are those that a model of this kind has.

Those of our own models are run with their weights. Of timm's, all name weights that timm has, and some are run.
"""

import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

from registry.loader import load
from registry.publish import downloads, snippets
from registry.publish.attachments import Attachments
from registry.publish.catalog import catalog
from registry.verify.torchvision_ops import import_torchvision

pytestmark = pytest.mark.slow

torchvision = import_torchvision()

OWN = Path(__file__).resolve().parents[3] / "models"
ZOO = OWN / "torchvision"


class _OwnState(dict):
    """Stands for weights that fit whatever takes them."""


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[nn.Module]:
    """No weights are fetched; the modules that were given theirs are kept."""
    filled: list[nn.Module] = []

    def fill(module: nn.Module, state: dict, *args: object, **options: object) -> None:
        assert isinstance(state, _OwnState)
        filled.append(module)

    monkeypatch.setattr(torchvision.models.WeightsEnum, "get_state_dict", lambda self, *a, **k: _OwnState())
    monkeypatch.setattr(nn.Module, "load_state_dict", fill)
    for name in dir(nn.init):  # what is drawn at random is replaced anyway, and takes a minute for the largest
        if name.endswith("_") and not name.startswith("_"):
            monkeypatch.setattr(nn.init, name, lambda tensor, *args, **options: tensor)
    return filled


ENTRIES = catalog(load([ZOO]), (), ()).entries


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_snippet_builds_the_model_with_its_own_weights_and_transforms(entry, offline):
    code = snippets.load(entry)
    assert code is not None
    namespace: dict = {}
    device = "cpu" if entry.name.startswith("quantized_") else "meta"
    with torch.device(device), torch.no_grad():
        try:
            exec(code, namespace)
        except (NotImplementedError, RuntimeError) as error:
            if "meta" not in str(error):
                raise
            namespace = {}
            offline.clear()
            with torch.device("cpu"):  # some compute in their constructors
                exec(code, namespace)
    assert offline == [namespace["model"]]
    assert not namespace["model"].training
    assert callable(namespace["preprocess"])
    claim = next((outcome.claim for outcome in entry.claims if outcome.claim.subject == "parameters"), None)
    if claim is not None and device == "meta":
        assert sum(p.numel() for p in namespace["model"].parameters()) == claim.reported.value


def loaded(code: str | None) -> dict:
    assert code is not None
    namespace: dict = {}
    exec(code, namespace)
    assert not namespace["model"].training
    return namespace


def size(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize("name", ["lenet-5", "digits-cnn", "digits-detector", "union-bert"])
def test_own_models_load_what_is_downloaded(name, monkeypatch, tmp_path):
    (entry,) = catalog(load([OWN / f"{name}.md"]), (), ()).entries
    attachments = Attachments(OWN, {})
    data = downloads.download(downloads.files_of(entry, attachments))
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    monkeypatch.chdir(tmp_path)
    namespace = loaded(snippets.load(entry))
    (claim,) = (outcome.claim for outcome in entry.claims if outcome.claim.subject == "parameters")
    assert size(namespace["model"]) == claim.reported.value
    if name == "union-bert":
        assert namespace["preprocess"]("The state of the union is strong.")["input_ids"]


TIMM = ("resnet.md", "beit.md", "mobilenetv3.md", "rdnet.md", "gcvit.md")
RUN = ("resnet18.a1_in1k", "resnet18.a1_in1k at 224", "beit_base_patch16_224.in22k_ft_in22k_in1k", "rdnet_tiny.nv_in1k")


@pytest.fixture(scope="module")
def timm_entries():
    return catalog(load([OWN / "timm" / name for name in TIMM]), (), ()).entries


def test_snippets_of_timm_name_weights_that_timm_has(timm_entries):
    import timm

    assert len(timm_entries) > 250
    for entry in timm_entries:
        (name,) = re.findall(r'create_model\("([^"]+)", pretrained=True\)', snippets.load(entry) or "")
        assert timm.models.get_pretrained_cfg(name).has_weights, name


@pytest.mark.parametrize("name", RUN)
def test_snippets_of_timm_build_and_resize_as_their_cards_say(name, timm_entries, monkeypatch):
    import timm

    modules = []
    monkeypatch.setattr(timm.models._builder, "load_pretrained", lambda model, **_: modules.append(model))
    (entry,) = (entry for entry in timm_entries if entry.name == name)
    try:
        with torch.device("meta"):
            namespace = loaded(snippets.load(entry))
    except RuntimeError as error:  # timm before 1.0.22 computes in some constructors
        if "meta" not in str(error):
            raise
        namespace = loaded(snippets.load(entry))
    assert modules == [namespace["model"]]
    assert namespace["settings"]["input_size"][-1] == entry.model.get("Image Size")
    assert namespace["settings"]["crop_pct"] == entry.model.get("Crop Pct")
    assert callable(namespace["preprocess"])


def test_weights_from_elsewhere_are_fetched_and_fit(monkeypatch, tmp_path):
    from safetensors.torch import save_file

    lines = ("Models:", "- Name: mine", "  Builder: torchvision:squeezenet1_1")
    card = "\n".join((*lines, "  Weights: https://example.org/mine.safetensors", ""))
    (tmp_path / "model-index.yml").write_text(card)
    save_file(torchvision.models.squeezenet1_1().state_dict(), tmp_path / "weights")
    monkeypatch.setattr(torch.hub, "download_url_to_file", lambda _, to: shutil.copy(tmp_path / "weights", to))
    monkeypatch.chdir(tmp_path)
    (entry,) = catalog(load([tmp_path / "model-index.yml"]), (), ()).entries
    assert size(loaded(snippets.load(entry))["model"]) == 1235496


@pytest.mark.parametrize(
    ("card", "source"),
    [
        ("Library: transformers\n  Config: here/config.json", '"here"'),
        ("Builder: transformers:owner/model", '"owner/model"'),
    ],
)
def test_models_of_transformers_are_loaded_by_folder_or_name(card, source, tmp_path):
    (tmp_path / "model-index.yml").write_text(f"Models:\n- Name: mine\n  {card}\n")
    (entry,) = catalog(load([tmp_path / "model-index.yml"]), (), ()).entries
    assert f"from_pretrained({source})" in str(snippets.load(entry))
