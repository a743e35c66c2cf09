"""Sites of zoos that are not about pictures: language models, names in any script, cards without numbers."""

import json
import re
from pathlib import Path

import pytest

from registry.loader import load
from registry.publish import Material, pages

RESULT = """  - task: {{type: {task}, name: {said}}}
    dataset: {{name: {dataset}, type: {dataset}}}
    metrics: [{{type: {metric}, value: {value}}}]
"""
HEAD = "---\nlicense: mit\ndatasets: [the-pile]\nmodel-index:\n- name: {name}\n  results:\n"


MTEB = """---
model-index:
- name: embedding
  results:
  - task: {type: Classification}
    dataset: {type: mteb/amazon_counterfactual, name: MTEB AmazonCounterfactual (en), config: en, split: test}
    metrics: [{type: accuracy, value: 76.1}]
  - task: {type: Retrieval}
    dataset: {type: arguana, name: MTEB ArguAna, config: default, split: test}
    metrics: [{type: map_at_1, value: 25.9}]
---
"""


def write(folder: Path, name: str, *results: tuple[str, str, str, str, object]) -> None:
    sections = (
        RESULT.format(task=task, said=words, dataset=dataset, metric=metric, value=value)
        for task, words, dataset, metric, value in results
    )
    text = HEAD.format(name=json.dumps(name, ensure_ascii=False)) + "".join(sections) + f"---\n\n# {name}\n"
    (folder / f"card{len(list(folder.iterdir()))}.md").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of six language models, of which one has a name and a data set in another script."""
    folder = tmp_path_factory.mktemp("zoo")
    (folder / "cards").mkdir()
    for at in range(5):
        results = [
            ("text-generation", "Text Generation", "MMLU", "acc", 50 + at),
            ("text-generation", "Text Generation", "HumanEval", "pass@1", f"0.{at + 1}"),
            ("Retrieval", "Retrieval", "ArguAna", "ndcg_at_10", 40 + at),
        ]
        write(folder / "cards", f"aria-{at}b", *results)
    news = [("text-classification", "تصنيف", f"news-{at}", "f1", 0.5) for at in range(9)]
    write(folder / "cards", "نموذج 😀", ("text-classification", "تصنيف", "أخبار 😀", "f1", 0.5), *news)
    (folder / "cards" / "embedding.md").write_text(MTEB, encoding="utf-8")
    (folder / "cards" / "silent.md").write_text("---\nlicense: mit\npipeline_tag: text-generation\n---\n# Silent\n")
    pages(Material(index=load([folder / "cards"]), name="Acme & sons"), out=folder / "pages")
    return folder / "pages"


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def test_home_names_the_zoo_its_tasks_and_that_nothing_was_measured(site: Path) -> None:
    home = text(site / "index.md")
    assert "# Acme &#38; sons" in home
    assert "8 models for " in home
    assert "No number was measured again yet" in home
    assert "ResNet-50" not in home
    assert "published zoos" not in home
    assert "extra data" not in home


def test_classification_of_mteb_is_of_texts(site: Path) -> None:
    assert text(site / "csv" / "task-text-classification.csv").count("embedding") == 1
    assert not (site / "tasks" / "image-classification.md").exists()


def test_a_configuration_that_the_name_says_is_not_said_again(site: Path) -> None:
    page = text(site / "models" / "embedding.md")
    assert re.findall(r"<td><bdi>([^<]*)</bdi>, <bdi>([^<]*)</bdi></td>", page) == [
        ("MTEB AmazonCounterfactual (en)", "test"),
        ("MTEB ArguAna", "test"),
    ]


def test_where_few_cards_claim_anything_the_column_of_claims_is_folded_away(tmp_path: Path) -> None:
    for at in range(5):
        (tmp_path / f"silent{at}.md").write_text(
            f"---\npipeline_tag: text-generation\nlanguage: {['en'] * 45}\n---\n# Silent {at}\n"
        )
    write(tmp_path, "one", ("text-generation", "Text Generation", "IFEval", "strict accuracy", 33.4))
    pages(Material(index=load([tmp_path])), out=tmp_path / "pages")
    assert re.search(r'data-key="verdict"[^>]* data-folded', text(tmp_path / "pages" / "models" / "index.md"))
    assert "Higher is better" in text(tmp_path / "pages" / "datasets" / "ifeval.md")
    assert "en, and 5 more" in text(tmp_path / "pages" / "models" / "silent0.md")


def test_where_nothing_was_counted_no_link_leads_to_a_search_of_counts(site: Path) -> None:
    page = text(site / "why-flops.md")
    assert "No model of this site was counted yet" in page
    assert "mir-ways" not in page
    assert "?count=" not in page


def test_the_first_result_of_a_card_is_its_first(site: Path) -> None:
    assert re.search(r"aria-2b.*52.00% Accuracy on MMLU", text(site / "csv" / "models.csv"))
    assert text(site / "csv" / "leaders.csv").splitlines()[1].startswith("MMLU,")


def test_no_data_is_extra_where_nobody_trains_on_what_is_tested(site: Path) -> None:
    assert "Extra data" not in text(site / "datasets" / "mmlu.md")
    assert "with extra data" not in text(site / "badges" / "aria-4b-rank.svg")


def test_more_is_better_at_a_cut_off(site: Path) -> None:
    for name in ("arguana", "humaneval"):
        assert "Higher is better" in text(site / "datasets" / f"{name}.md")


def test_a_task_in_any_language_is_that_of_its_tag(site: Path) -> None:
    assert (site / "tasks" / "text-classification.md").exists()
    assert "تصنيف" not in text(site / "csv" / "tasks.csv")


def test_what_a_cell_holds_beyond_a_few_pieces_is_folded_away(site: Path) -> None:
    assert "<summary>4 more</summary>" in text(site / "models" / "index.md")
    assert "news-8" in text(site / "csv" / "models.csv")


def test_claims_that_nobody_measured_have_no_column_of_measurements(site: Path) -> None:
    page = text(site / "models" / "aria-3b.md")
    assert "nobody has measured them yet" in page
    assert ">Measured<" not in page


def test_a_card_without_a_name_is_called_by_its_file(site: Path) -> None:
    page = text(site / "models" / "silent.md")
    assert "# silent" in page
    assert "## Verify it" not in page


def test_front_matter_holds_characters_as_they_are(site: Path) -> None:
    """Zensical reads no character that is written as two escapes."""
    assert not [file for file in site.rglob("*.md") if re.search(r"(?m)^title: .*\\ud", text(file))]
