"""A card whose every text is markup stays text: in terminals, CI, XML, JSON, CSV, SVG, SQL, Markdown, HTML."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from registry.claims import claims
from registry.evidence import Store
from registry.loader import load
from registry.types import Evidence, Measurement

from .conftest import Scene, guarded
from .laboratory import Laboratory, Ran

TEXTS: dict[str, str] = tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))
TEXTS["four thousand letters"] *= 1000
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys, line ends aside."""
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)
"""What the runner of GitHub Actions obeys in a log."""
FINDING = re.compile(
    r"::(error|warning|notice) file=[^,:]+,line=\d+,(col=\d+,endColumn=\d+,)?endLine=\d+,title=MIR\d+::"
)
PORTABLE = re.compile(r"[a-z0-9][a-z0-9._-]*")


def write_card(scene: Scene) -> None:
    """One card in which every text stands in every place, and a file whose name is a command."""
    texts = [text[:150] for text in TEXTS.values()]
    models = [
        {
            "Name": text,
            "In Collection": text,
            "Builder": "registry:digits-cnn",
            "Metadata": {"Parameters": 25866, "FLOPs": text, "Epochs": -1, text[:150] + " key": text},
            "Results": [
                {"Task": text, "Dataset": text, "Metrics": {"Top 1 Accuracy": "101%", text[:150] + " metric": "5"}}
            ],
            "Weights": f"https://example.org/{text[:150]}",
            "README": text,
            "Paper": {"Title": text, "URL": text},
        }
        for text in TEXTS.values()
    ]
    collections = [{"Name": text, "Metadata": {"Training Data": texts}} for text in texts]
    (scene.root / "cards").mkdir()
    card = scene.root / "cards" / "card.md"
    index = json.dumps({"Type": "model-index", "Models": models, "Collections": collections}).replace(">", "\\u003e")
    card.write_text(f"<!--\n{index}\n-->\n" + "\n\n".join(TEXTS.values()), encoding="utf-8")
    (scene.root / "other.yml").write_text("Models:\n- Name: x\n")
    (scene.root / "cards" / "::error::owned\x1b[31m%0A,x.yml").write_text(
        "Models:\n- Name: 1e5\n  Metadata: {FLOPs: -3}\n"
    )


def write_evidence(cards: Path) -> None:
    """Evidence of every claim, in whose every text there is one of the texts."""
    store = Store(cards / "evidence")
    for claim in claims(load([cards])):
        text = claim.model
        measurement = Measurement(value=1.0, method="seen", convention=text, details={text or "x": text})
        store.write(
            Evidence(
                claim=claim,
                verdict="refuted",
                reason=text,
                measurement=measurement,
                digests={"weights": "sha256:" + "0" * 64},
                environment={"python": text},
                time="2026-01-02T03:04:05Z",
            )
        )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The card with its evidence; nothing of what follows changes it."""
    with guarded(tmp_path_factory.mktemp("outputs")) as scene:
        write_card(scene)
        write_evidence(scene.root / "cards")
        yield scene


@pytest.fixture(scope="module")
def cards(stage: Scene) -> Path:
    return stage.root / "cards"


def fine(ran: Ran) -> str:
    """The output of a run that came to its end."""
    assert ran.code in (0, 1), ran.err
    assert "Traceback" not in ran.err
    assert not OBEYED.search(ran.err)
    assert not COMMAND.search(ran.err)
    return ran.out


def test_what_is_printed_commands_neither_a_terminal_nor_a_runner(laboratory: Laboratory, cards: Path) -> None:
    runs = [
        "check cards",
        "evidence check cards",
        "evidence show cards",
        "search --cards cards",
        "diff other.yml cards",
    ]
    runs += [
        "query --cards cards SELECT%name,collection%FROM%models",
        "rescore cards",
        "verify cards --only top-1-accuracy",
    ]
    runs += ["diff --format markdown other.yml cards"]
    for run in runs:
        out = fine(laboratory.run(*(part.replace("%", " ") for part in run.split()), folder=cards.parent))
        assert out, run
        assert not OBEYED.search(out), run
        assert not COMMAND.search(out), run
    for name in filter(lambda text: OBEYED.search(text) or COMMAND.search(text), TEXTS.values()):
        out = fine(laboratory.run("show", "--cards", "cards", "--", name, folder=cards.parent))
        assert not OBEYED.search(out), name
        assert not COMMAND.search(out), name


def test_annotations_of_github_are_one_line_each_and_nothing_else(laboratory: Laboratory, cards: Path) -> None:
    findings = json.loads(fine(laboratory.run("check", "--format", "json", "cards", folder=cards.parent)))
    lines = fine(laboratory.run("check", "--format", "github", "cards", folder=cards.parent)).splitlines()
    assert len(lines) == len(findings) + 2
    for line in lines[:-2]:
        assert FINDING.match(line), line
        assert not OBEYED.search(line)
        assert "##[" not in line
        assert not re.search("%(?!25|3A|2C)", line)


def test_json_sarif_and_junit_are_what_they_say(laboratory: Laboratory, cards: Path) -> None:
    outs = {
        form: fine(laboratory.run("check", "--format", form, "cards", folder=cards.parent))
        for form in ("json", "sarif", "junit")
    }
    for out in outs.values():
        assert not OBEYED.search(out)
    findings = json.loads(outs["json"])
    assert len(json.loads(outs["sarif"])["runs"][0]["results"]) == len(findings)
    junit = ET.fromstring(outs["junit"])
    assert len([case for case in junit.iter("testcase") if len(case)]) == len(findings)
    assert {element.tag for element in junit.iter()} <= set(
        "testsuites testsuite properties testcase failure skipped system-out system-err".split()  # noqa: SIM905
    )


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for one: by its first sign, unless all of it is a number."""
    if not cell or cell[0] not in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20":
        return False
    try:
        float(cell.removesuffix("%").replace(",", ""))
    except ValueError:
        return True
    return cell[0] not in "+-"


def test_csv_holds_no_formula(laboratory: Laboratory, cards: Path) -> None:
    runs = ["search --cards cards --format csv", "convert cards --to csv"]
    runs += ["query --cards cards --format csv SELECT%name,collection,file%FROM%models"]
    for run in runs:
        out = fine(laboratory.run(*(part.replace("%", " ") for part in run.split()), folder=cards.parent))
        rows = list(csv.reader(io.StringIO(out, newline="")))
        assert len(rows) > len(TEXTS)
        assert len(set(map(len, rows))) == 1
        assert [cell for row in rows for cell in row if is_formula(cell)] == []


def test_sql_is_asked_of_the_tables_alone(laboratory: Laboratory, cards: Path, stage: Scene) -> None:
    for statement in (
        f"SELECT * FROM read_text('{stage.outside}/text.md')",
        f"COPY models TO '{stage.root}/owned.csv'",
        f"ATTACH '{stage.root}/owned.duckdb'",
        "INSTALL httpfs",
    ):
        ran = laboratory.run("query", "--cards", "cards", statement, folder=cards.parent)
        assert ran.code == 2, statement
        assert "DuckDB cannot answer this" in ran.err
    assert not list(stage.root.glob("owned*"))


LEADING = {"href", "src", "action", "formaction", "data", "xlink:href"}


def acts(address: str) -> bool:
    return re.match(r"\s*(javascript|vbscript|data:text)", address, re.IGNORECASE) is not None


class Page(HTMLParser):
    """What a page holds that could act."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.handlers: list[str] = []
        self.scripts = 0
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.handlers += [f"<{tag} {name}={value}>" for name, value in attrs if name.startswith("on")]
        self.handlers += [f"<{tag} {name}={value}>" for name, value in attrs if name in LEADING and acts(value or "")]
        self.handlers += [tag] * (tag in ("iframe", "object", "embed", "base"))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def site(laboratory: Laboratory, cards: Path, stage: Scene) -> Path:
    out = stage.root / "build" / "html"
    ran = laboratory.run(
        *("site", "build", "--cards", "cards", "--out", out, "--base-url", "https://example.org/zoo/"),
        folder=stage.root,
    )
    fine(ran)
    return out


def test_a_site_is_whole_and_nothing_on_it_acts(site: Path, laboratory: Laboratory, stage: Scene) -> None:
    clean = stage.root / "clean"
    clean.mkdir()
    shutil.copy(Path(__file__).parents[2] / "models" / "alexnet.md", clean)
    fine(laboratory.run("site", "build", "--cards", "clean", "--out", "clean/html", folder=stage.root))
    scripts = {file.parent.name: Page(file.read_text()).scripts for file in (clean / "html").rglob("*.html")}
    pages = list((site / "models").glob("*.html"))
    assert len(pages) > len(TEXTS)
    for file in pages:
        page = Page(file.read_text(encoding="utf-8"))
        assert page.handlers == []
        assert page.scripts <= max(scripts.values())
        assert "1337" not in page.text
    for file in site.rglob("*"):
        assert not file.is_file() or b"root:x:" not in file.read_bytes()


def test_what_a_site_holds_for_machines_can_be_read(site: Path) -> None:
    for file in (*site.rglob("*.svg"), *site.rglob("*.xml")):
        if "assets" not in file.parts[len(site.parts) : -1]:
            root = ET.fromstring(file.read_bytes())
            assert not any("script" in element.tag for element in root.iter())
    for file in (*site.glob("api/**/*.json"), *site.glob("badges/*.json")):
        json.loads(file.read_bytes())
    for file in (site / "csv").glob("*.csv"):
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
        assert [cell for row in rows for cell in row if is_formula(cell)] == []


def test_what_is_converted_stays_in_the_folder_that_was_named(laboratory: Laboratory, cards: Path) -> None:
    runs = [
        f"convert cards --to {form} --out out/{form}" for form in ("model-index", "huggingface", "metafile", "json")
    ]
    runs += ["evidence export cards --to every-eval-ever --organization o --output out/eee"]
    runs += ["evidence export cards --to eval-results --output out/results"]
    before = set(cards.parent.rglob("*"))
    for run in runs:
        fine(laboratory.run(*run.split(), folder=cards.parent))
    files = set(cards.parent.rglob("*")) - before
    assert files
    assert all(file.relative_to(cards.parent).parts[0] == "out" for file in files)


def names(folder: Path) -> Iterator[tuple[str, ...]]:
    for file in folder.rglob("*"):
        yield file.relative_to(folder).parts


def test_a_name_that_is_a_path_makes_a_file_where_files_belong(site: Path, cards: Path) -> None:
    """Of evidence, pages, badges and the JSON API, on every file system: lower case, no device, none twice."""
    models = len({json.dumps(name) for name in TEXTS.values() if name.strip()})
    files = [parts for parts in names(cards / "evidence") if len(parts) == 1]
    assert len(files) >= models
    for folder in (cards / "evidence", site / "models", site / "badges", site / "api"):
        paths = list(names(folder))
        assert len({"/".join(parts).casefold() for parts in paths}) == len(paths)
        for parts in paths:
            for part in parts:
                assert PORTABLE.fullmatch(part), parts
                assert len(part) < 200
                assert not part.endswith(".")
                assert part.partition(".")[0] not in ("con", "prn", "aux", "nul")
