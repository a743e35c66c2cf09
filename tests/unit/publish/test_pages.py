"""The hand-written pages and the navigation belong together."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]


def _paths(nav: Any) -> set[str]:
    if isinstance(nav, str):
        return {nav}
    items = nav.values() if isinstance(nav, dict) else nav
    return {path for item in items for path in _paths(item)}


def test_every_page_written_by_hand_is_in_the_navigation() -> None:
    nav = _paths(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    written = {f"guide/{file.name}" for file in (ROOT / "site" / "pages").glob("*.md")}
    assert written - nav == set(), "add it to nav in mkdocs.yml"
    assert {path for path in nav if path.startswith("guide/")} - written == set()
