"""`mir site`, from the command line to the files that it leaves."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

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
    cards = tmp_path_factory.mktemp("cards")
    for card in ("alexnet.md", "digits-cnn.md"):
        (cards / card).write_bytes((ROOT / "models" / card).read_bytes())
    done = mir("site", "build", "--cards", cards, "--out", out, "--base-url", "https://example.org/zoo")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(out / "index.html") in done.stdout
    return out


def test_leaves_a_page_for_each_model_with_its_claims(site: Path) -> None:
    page = (site / "models" / "alexnet.html").read_text()
    for printed in ("1429383808", "61100840", "56.55%", "79.09%"):
        assert re.search(rf'<td class="mir-number"[^>]* data-label="Reported">{re.escape(printed)}</td>', page)
    assert 'href="../models/alexnet.html"' in (site / "models" / "index.html").read_text()


def test_answers_machines(site: Path) -> None:
    model = json.loads((site / "api/v1/models/alexnet.json").read_text())["data"]
    assert {claim["subject"]: claim["value"] for claim in model["claims"]}["parameters"] == 61100840
    badge = json.loads((site / "badges/alexnet.json").read_text())
    assert badge["schemaVersion"] == 1
    assert (site / "csv/models.csv").read_text().splitlines()[0].startswith("model,parameters,card_flops")
    assert "https://example.org/zoo/models/alexnet.html" in (site / "sitemap.xml").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cards", "nowhere"], "nowhere"),
        (["--base-url", "javascript:alert(1)"], "--base-url"),
        (["--templates", "nowhere"], "nowhere"),
        (["--config", "nowhere.yml"], "nowhere.yml"),
        (["--out", "."], "holds files that are not of a site"),
    ],
)
def test_says_what_is_wrong_in_one_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    cards = [] if "--cards" in arguments else ["--cards", str(ROOT / "models" / "alexnet.md")]
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "site" / "html")]
    (tmp_path / "keep.txt").write_text("mine")
    done = mir("site", "build", *cards, *arguments, *out, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "site" / "html").exists()
    assert (tmp_path / "keep.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("notes.txt", "nothing", "MIR020"),
        ("card.md", "<!--\nType: model-index\nModels:\n- Name: [\n-->\n", "card.md:5:1: MIR004"),
    ],
)
def test_nothing_to_build_is_said_and_the_old_site_stays(
    mir, tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / name).write_text(text, encoding="utf-8")
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "index.html").write_text("old", encoding="utf-8")
    code, out, err = mir("site", "build", "--cards", tmp_path / "cards", "--out", tmp_path / "html")
    assert (code, out) == (2, "")
    assert message in err
    assert "there is nothing to build" in err
    assert (tmp_path / "html" / "index.html").read_text(encoding="utf-8") == "old"


def test_serves_and_builds_again_when_a_card_changes(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    cards.mkdir()
    card = cards / "alexnet.md"
    card.write_bytes((ROOT / "models" / "alexnet.md").read_bytes())
    out = tmp_path / "site" / "html"
    options = ["--cards", str(cards), "--out", str(out), "--port", "0"]
    command = [sys.executable, "-m", "registry", "site", "serve", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            assert "1 model" in next(lines)
            address = next(lines).split()[1]
            page = f"{address}models/alexnet.html"
            assert "61100840" in urlopen(page).read().decode()
            card.write_text(card.read_text().replace("61100840", "61100841"))
            assert "1 model" in next(lines)
            assert "61100841" in urlopen(page).read().decode()
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_a_project_of_its_own_takes_just_the_pages(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("# Mine\n\n[Models](zoo/models/index.md)\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: Mine\ntheme: readthedocs\nstrict: true\n")
    done = mir("site", "pages", "--cards", ROOT / "models" / "alexnet.md", "--out", docs / "zoo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    process = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    page = (tmp_path / "site" / "zoo" / "models" / "alexnet" / "index.html").read_text()
    assert 'href="../../models/"' in page
    assert "<p hidden>" in (docs / "zoo" / "models" / "alexnet.md").read_text()  # what any builder's search reads


def test_a_failed_build_leaves_the_old_site(tmp_path: Path) -> None:
    cards, out = ROOT / "models" / "alexnet.md", tmp_path / "site" / "html"
    assert mir("site", "build", "--cards", cards, "--out", out).returncode == 0
    before = (out / "index.html").read_bytes()
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "home.md.j2").write_text("{{ nobody.defined.this }}")
    done = mir("site", "build", "--cards", cards, "--out", out, "--templates", templates)
    assert done.returncode == 2
    assert "home.md.j2" in done.stderr
    assert "Traceback" not in done.stderr
    assert (out / "index.html").read_bytes() == before
    (templates / "home.md.j2").write_text("# Ours\n\n{{ content.catalog.entries | length }} of *ours*\n")
    assert mir("site", "build", "--cards", cards, "--out", out, "--templates", templates).returncode == 0
    assert "1 of <em>ours</em>" in (out / "index.html").read_text()
    assert sorted(path.name for path in out.parent.iterdir()) == ["docs", "docs.yml", "html"]
    (out.parent / "docs.yml").write_text("site_name: Somebody's own\n")
    assert mir("site", "build", "--cards", cards, "--out", out, "--name", "Zoo").returncode == 0
    assert "Somebody" in (out.parent / "docs.yml").read_text()
    (out.parent / "docs.yml").unlink()
    assert mir("site", "build", "--cards", cards, "--out", out, "--name", "Zoo").returncode == 0
    assert "site_name: Zoo\n" in (out.parent / "docs.yml").read_text()
