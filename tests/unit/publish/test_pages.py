"""The hand-written pages and the navigation belong together, and a list of nothing says so."""

from pathlib import Path
from typing import Any

import yaml

from registry.publish.links import Links
from registry.publish.pages import browse, elsewhere
from registry.publish.render import Renderer

ROOT = Path(__file__).resolve().parents[3]


def _paths(nav: Any) -> set[str]:
    if isinstance(nav, str):
        return {nav}
    items = nav.values() if isinstance(nav, dict) else nav
    return {path for item in items for path in _paths(item)}


def test_every_page_written_by_hand_is_in_the_navigation() -> None:
    nav = _paths(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    guides = {f"guide/{file.name}" for file in (ROOT / "site" / "pages").glob("*.md")}
    assert guides - nav == set(), "add it to nav in mkdocs.yml"
    assert {path for path in nav if path.startswith("guide/")} - guides == set()


def test_no_finding_tells_where_the_cards_stand_on_a_disk(contents: Any, tmp_path: Path) -> None:
    findings = contents([contents.model("a", "70%"), contents.model("a", "71%")]).catalog.findings
    messages = [finding.message for finding in findings]
    assert any("'a' is already a model at " in message for message in messages)
    assert not any(str(tmp_path) in message for message in messages)


def test_a_list_of_nothing_says_so(contents: Any) -> None:
    content = contents([contents.model("a", "70%")])
    texts = {
        page.title: Renderer(Links()).render(page) for page in (*elsewhere.pages(content), *browse.papers(content))
    }
    assert "No log of another harness was imported" in texts["Imported measurements"]
    assert "No card names a paper." in texts["Papers"]
