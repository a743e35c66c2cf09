"""What an HTML validator says of the pages. What the theme brings around them is its own, and named in the guide."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT
from test_appearance import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OURS = ROOT / "build" / "html-validate" / "node_modules" / ".bin" / "html-validate"
RULES = {
    "extends": ["html-validate:recommended"],
    # Blanks at the end of lines, which nobody sees, are the builders'; an address in a page may be as long as it is.
    "rules": {"no-trailing-whitespace": "off", "long-title": "off"},
}


@pytest.fixture(scope="module")
def validator() -> str:
    """html-validate of npm, where `.ci/run` puts it, or on the path."""
    found = str(OURS) if OURS.exists() else shutil.which("html-validate")
    if found is None:
        pytest.skip("html-validate is missing: npm install --prefix build/html-validate html-validate@10.17.0")
    return found


@pytest.mark.parametrize("builder", ["material", "zensical"])
def test_a_validator_finds_nothing_in_the_pages(
    validator: str, request: pytest.FixtureRequest, tmp_path: Path, builder: str
) -> None:
    site = request.getfixturevalue("site" if builder == "material" else "other_site")
    config = tmp_path / "rules.json"
    config.write_text(json.dumps({"root": True, **RULES}))
    files = sorted({str(site / path.partition("?")[0]) for path in PAGES.values()})
    command = [validator, "--config", str(config), "--formatter", f"json={tmp_path / 'said'}", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    said = json.loads((tmp_path / "said").read_text(encoding="utf-8"))  # a pipe would lose the end of it
    assert len(said) == len(files), done.stderr
    found = Counter(
        (Path(each["filePath"]).name, message["ruleId"], message["message"])
        for each in said
        for message in each["messages"]
        if message["line"] in article(Path(each["filePath"]))
    )
    assert found == Counter()
    assert any(each["messages"] for each in said), "the theme's own are found, so that the validator looks"


def article(file: Path) -> range:
    """The lines of a page that are ours: what the theme shows around them is not."""
    lines = file.read_text(encoding="utf-8").splitlines()
    first = next(at for at, line in enumerate(lines, 1) if "<article" in line)
    last = next(at for at, line in enumerate(lines, 1) if "</article>" in line)
    return range(first, last + 1)
