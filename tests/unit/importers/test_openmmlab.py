"""Cards of an installed zoo, against the metafiles that they are made of."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from registry.checks import check
from registry.claims import read_claims
from registry.importers import openmmlab_cards as importer
from registry.importers.card_text import ImportedCard
from registry.loader import load
from registry.types import Index, UsageError
from registry.verify.builders.openmmlab.zoo_config import configs_of

pytestmark = pytest.mark.skipif(find_spec("mmpretrain") is None, reason="mmpretrain is not installed")


@pytest.fixture(scope="module")
def cards() -> list[ImportedCard]:
    return importer.cards("mmpretrain")


@pytest.fixture(scope="module")
def imported(cards: list[ImportedCard], tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("cards")
    for card in cards:
        (folder / card.file).write_text(card.text, encoding="utf-8")
    return load([folder])


def test_every_model_of_the_zoo_is_there_with_every_claim(imported: Index) -> None:
    files = sorted(configs_of("mmpretrain").rglob("metafile.yml"))
    own = load(files, root=configs_of("mmpretrain").parent)
    assert len(imported.models) > 500

    def claims(index: Index) -> dict[str, list[tuple[str, str]]]:
        return {
            entry.model.name: sorted((claim.subject, str(claim.reported)) for claim in entry.claims)
            for entry in read_claims(index)
        }

    assert claims(imported) == claims(own)


def test_every_model_names_its_builder_and_no_card_is_an_error(imported: Index) -> None:
    for model in imported.models:
        assert model.get("Builder") == f"openmmlab:mmpretrain/{model.name}"
    known = {"MIR402"}  # the zoo's configurations are not beside the cards
    assert {finding.rule for finding in check(imported) if finding.severity == "error"} <= known | {"MIR407"}


def test_a_zoo_that_is_not_here_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="is not installed with its configs"):
        importer.cards("mmpose")
    with pytest.raises(UsageError, match="results stand in its metafiles"):
        importer.cards("mmpretrain", [Path("results.csv")])
