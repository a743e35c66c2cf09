"""`mir site`, from the command line to the files that it leaves."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def mir(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "registry", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "html"
    done = mir("site", "build", "--out", out, "--base-url", "https://example.org/zoo")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(out / "index.html") in done.stdout
    return out


def test_leaves_a_page_for_each_model_with_its_claims(site: Path) -> None:
    page = (site / "models" / "alexnet.html").read_text()
    for printed in ("1429383808", "61100840", "56.55%", "79.09%"):
        assert f'<td class="mir-number">{printed}</td>' in page
    assert 'href="../models/alexnet.html"' in (site / "models" / "index.html").read_text()


def test_answers_machines(site: Path) -> None:
    model = json.loads((site / "api/v1/models/alexnet.json").read_text())["data"]
    assert {claim["subject"]: claim["value"] for claim in model["claims"]}["parameters"] == 61100840
    badge = json.loads((site / "badges/alexnet.json").read_text())
    assert badge["schemaVersion"] == 1
    assert (site / "csv/models.csv").read_text().splitlines()[0].startswith("model,collection,task")
    assert "https://example.org/zoo/models/alexnet.html" in (site / "sitemap.xml").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cards", "nowhere"], "nowhere"),
        (["--base-url", "javascript:alert(1)"], "--base-url"),
        (["--templates", "nowhere"], "nowhere"),
        (["--config", "nowhere.yml"], "nowhere.yml"),
        (["--out", "."], "holds files that are not of a site"),
    ],
)
def test_says_what_is_wrong_in_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    cards = [] if "--cards" in arguments else ["--cards", str(ROOT / "models")]
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "site" / "html")]
    (tmp_path / "keep.txt").write_text("mine")
    done = mir("site", "build", *cards, *arguments, *out, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "site" / "html").exists()
    assert (tmp_path / "keep.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("notes.txt", "nothing", "MIR020"),
        ("card.md", "<!--\nType: model-index\nModels:\n- Name: [\n-->\n", "card.md:5:1: MIR004"),
    ],
)
def test_nothing_to_build_is_said_and_the_old_site_stays(mir, tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / name).write_text(text, encoding="utf-8")
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "index.html").write_text("old", encoding="utf-8")
    code, out, err = mir("site", "build", "--cards", tmp_path / "cards", "--out", tmp_path / "html")
    assert (code, out) == (2, "")
    assert said in err
    assert "there is nothing to build" in err
    assert (tmp_path / "html" / "index.html").read_text(encoding="utf-8") == "old"
