"""The functions of the package, those that share their name with a package, and what prints readably."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import registry
import registry.claims
from registry.config import Config
from registry.loader.project import first_of, load_project
from registry.types import BuildError, NamedWeights, UsageError, read_weights

CARD = """\
Models:
- Name: a
  Metadata:
    Parameters: banana
  Results:
  - Task: t
    Dataset: d
    Metrics: {Hits: 97.5%}
"""


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "model-index.yml").write_text(CARD)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "model-index.yml"


def test_packages_can_be_called_and_stay_packages() -> None:
    script = (
        "import registry, sys\n"
        "assert callable(registry.verify) and callable(registry.convert)\n"
        "import registry.convert.converted_files as run\n"
        "assert registry.convert.converted_files is run and callable(registry.convert)\n"
        "assert 'torch' not in sys.modules\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
    assert list(inspect.signature(registry.convert).parameters) == ["path", "to", "suffix", "config"]
    assert set(registry.__all__) <= set(dir(registry))


def test_findings_and_claims_print_in_one_line(card: Path) -> None:
    (finding,) = (finding for finding in registry.check(card) if finding.rule == "MIR201")
    assert repr(finding) == f"<Finding {card}:4:17: MIR201 error: Parameters: 'banana' is not a number>"
    (claim,) = (claim for model in registry.claims.read_claims(registry.load(card)) for claim in model.claims)
    assert str(claim) == "a: Hits 97.5% on d"


def test_the_settings_of_the_working_folder_count(card: Path) -> None:
    assert any(finding.rule == "MIR201" for finding in registry.check(card))
    (card.parent / "mir.toml").write_text('ignore = ["MIR201"]\n')
    assert not any(finding.rule == "MIR201" for finding in registry.check(card))
    assert any(finding.rule == "MIR201" for finding in registry.check(card, config=Config()))


def test_an_index_goes_where_a_path_does(card: Path) -> None:
    index, _ = load_project(card)
    assert load_project(index)[0] is index
    assert first_of(index) == Path(index.cards[0].file)
    assert registry.convert(index, "json").outputs[0].file == "cards.json"
    with pytest.raises(UsageError):
        registry.load([])


def test_weights_are_read_in_every_form() -> None:
    assert read_weights(None) == read_weights({}) == read_weights([" "]) == ()
    assert read_weights("a.pth", "sha256:AB12") == (NamedWeights(url="a.pth", sha256="ab12"),)
    assert read_weights([{"URL": "a.pth", "SHA256": "c0"}, "b.pth"], "ab12") == (
        NamedWeights(url="a.pth", sha256="c0"),
        NamedWeights(url="b.pth"),
    )
    assert read_weights({"Name": "x", "url": "a.pth", "EMA": "yes"}) == (NamedWeights(url="a.pth", name="x", ema=True),)
    assert [weights.name for weights in read_weights({"fp32": "a.pth", "int8": {"Path": "b.pth"}})] == ["fp32", "int8"]


def test_what_is_no_model_is_refused_in_one_sentence() -> None:
    from torch import nn

    document = registry.count("torchvision:alexnet", (3, 224, 224))
    assert document["parameters"]["all parameters"] == 61100840
    for wrong, reason in (("alexnet", "'alexnet' is no torch.nn.Module"), (5, "5 is no torch.nn.Module")):
        with pytest.raises(UsageError, match=reason):
            registry.count(wrong)  # type: ignore[arg-type]
    with pytest.raises(BuildError, match="Linear cannot be made without arguments"):
        registry.count(nn.Linear)
