"""`mir search`, `show`, `diff`, `query` and `badge` on a small registry, as a user calls them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from registry.claims import read_claims
from registry.evidence import Store
from registry.loader import load
from registry.types import Evidence, Measurement

CARD = """\
Models:
- Name: Small
  Metadata:
    Parameters: 1000
    FLOPs: 2 MFLOPs
  Results:
  - Task: Image Classification
    Dataset: MNIST
    Metrics:
      Top 1 Accuracy: 98.0%
- Name: Large
  Metadata:
    Parameters: 9000
"""


@pytest.fixture(autouse=True)
def registry_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model-index.yml").write_text(CARD)
    return tmp_path


def git(*arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments], check=True, capture_output=True)


def test_search_prints_a_table_json_and_csv(mir):
    code, out, err = mir("search", "params < 5k")
    assert code == 0
    assert [line.split() for line in out.splitlines()] == [
        ["name", "parameters", "flops"],
        ["Small", "1000", "2", "MFLOPs"],
    ]
    assert "1 of 2 models" in err
    assert json.loads(mir("search", "top1 > 90", "--format", "json")[1])[0]["top-1-accuracy"] == 0.98
    rows = list(csv.DictReader(io.StringIO(mir("search", "", "--sort", "-parameters", "--format", "csv")[1])))
    assert [(row["name"], row["parameters"]) for row in rows] == [("Large", "9000"), ("Small", "1000")]


def test_search_says_what_is_wrong_with_an_expression(mir):
    code, out, err = mir("search", "params < ")
    assert (code, out) == (2, "")
    assert err == "mir: error: column 10: a value is missing after '<'\n"


def test_search_tells_of_cards_that_cannot_be_read(mir):
    Path("models/broken.md").write_text("<!--\nType: model-index\nModels: [\n-->\n")
    code, out, err = mir("search", "name = Small")
    assert code == 0
    assert "Small" in out
    assert "not all cards could be read: models/broken.md" in err


def test_query_answers_sql_and_nothing_else(mir):
    pytest.importorskip("duckdb")
    code, out, _ = mir("query", "SELECT name, parameters FROM models ORDER BY parameters DESC", "--format", "json")
    assert code == 0
    assert json.loads(out) == [{"name": "Large", "parameters": 9000}, {"name": "Small", "parameters": 1000}]
    for statement in (
        "SELECT * FROM read_text('models/model-index.yml')",
        "COPY models TO 'stolen.csv'",
        "DELETE FROM models",
        "CREATE TABLE t (a INT)",
        "ATTACH 'other.db'",
        "SET enable_external_access = true",
        "SELECT 1; SELECT 2",
        "nonsense",
        "",
    ):
        code, out, err = mir("query", statement)
        assert (code, out) == (2, ""), statement
        assert err.count("\n") == 1
    assert not Path("stolen.csv").exists()
    assert not Path("other.db").exists()


def test_query_writes_its_tables(mir):
    duckdb = pytest.importorskip("duckdb")
    assert mir("query", "--output", "out/registry.duckdb")[0] == 0
    assert mir("query", "--to", "out/parquet")[0] == 0
    with duckdb.connect("out/registry.duckdb", read_only=True) as database:
        assert database.execute("SELECT name FROM models ORDER BY name").fetchall() == [("Large",), ("Small",)]
    with duckdb.connect() as database:
        count = database.execute("SELECT count(*) FROM 'out/parquet/claims.parquet'").fetchone()
    assert count == (4,)
    assert sorted(path.name for path in Path("out").rglob("*")) == [
        "claims.parquet",
        "evidence.parquet",
        "models.parquet",
        "parquet",
        "registry.duckdb",
    ]
    assert mir("query")[0] == 2
    assert mir("query", "SELECT 1", "--to", "x.duckdb")[0] == 2


def test_query_without_duckdb_says_what_to_install(mir, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    code, _, err = mir("query", "SELECT 1")
    assert code == 2
    assert "pip install 'model-index-registry[query]'" in err


def test_what_a_card_says_is_printed_harmlessly(mir):
    Path("models/model-index.yml").write_text('Models:\n- Name: "a\\e[31m<script>"\n')
    for form in ("table", "csv", "json"):
        assert "\x1b" not in mir("search", "", "--format", form)[1]
    assert "<script>" not in mir("badge", "a\x1b[31m<script>")[1]


def test_show_prints_claims_beside_evidence(mir):
    code, out, _ = mir("show", "Small")
    assert code == 0
    assert "Top 1 Accuracy (MNIST)" in out
    assert "self-reported" in out
    (document,) = json.loads(mir("show", "Small", "--format", "json")[1])
    assert [(claim["subject"], claim["value"], claim["evidence"]) for claim in document["claims"]] == [
        ("parameters", 1000, None),
        ("flops", 2_000_000, None),
        ("top-1-accuracy", 0.98, None),
    ]
    assert mir("show", "s-m_all")[1] == mir("show", "Smal")[1] == out
    code, _, err = mir("show", "Smol")
    assert (code, err) == (2, "mir: error: no card has a model named 'Smol'; did you mean Small?\n")
    code, _, err = mir("show", "l")
    assert (code, err) == (0, "")
    code, _, err = mir("show", "al")
    assert (code, err) == (2, "mir: error: no card has a model named 'al'; names like it are Small\n")


def test_diff_compares_folders_and_revisions(mir):
    git("init", "-q")
    git("add", "models")
    git("commit", "-qm", "one")
    assert mir("diff", "HEAD:models") == (0, "", "")
    Path("models/model-index.yml").write_text(
        CARD.replace("9000", "9001").replace("98.0%", "98.5%") + "- Name: New|`@x\n"
    )
    code, out, _ = mir("diff", "HEAD:models")
    assert code == 1
    assert out.splitlines() == [
        "~ Large: Parameters 9000 -> 9001",
        "+ New|`@x",
        "~ Small: Top 1 Accuracy (MNIST) 98.0% -> 98.5%",
    ]
    assert out == mir("diff", "HEAD:models", "models")[1]
    back = json.loads(mir("diff", "models", "HEAD:models", "--format", "json")[1])
    assert back[1] == {
        "kind": "model",
        "model": "New|`@x",
        "what": "",
        "before": "New|`@x",
        "after": None,
        "verdict_before": None,
        "verdict_after": None,
        "measured": None,
        "reason": "",
        "claims": [],
        "file": "models/model-index.yml",
        "line": 14,
    }
    assert back[0]["file"] == "HEAD:models/model-index.yml"
    markdown = mir("diff", "HEAD:models", "--format", "markdown")[1]
    assert "- `New\\|'@x`: no claims" in markdown
    assert "| `Large` | `Parameters` | `9000` | `9001` |  | self-reported |" in markdown
    assert mir("diff", "HEAD:nothing")[0] == 2
    assert mir("diff", "nothing:models")[0] == 2
    assert mir("diff", "models")[0] == 2


def test_diff_shows_a_reviewer_verdicts_and_evidence(mir):
    """Three commits: a measured card, one whose number was changed, and one that was measured again."""
    card = Path("models/model-index.yml")
    card.write_text(CARD.replace("9000", "91234"))
    git("init", "-q")
    measure(card)
    commit("measured")
    card.write_text(CARD.replace("9000", "91235"))
    commit("changed")
    code, out, _ = mir("diff", "HEAD~1:models", "HEAD:models")
    assert (code, out) == (1, "~ Large: Parameters 91234 -> 91235 (reproduced -> stale)\n")
    markdown = mir("diff", "HEAD~1:models", "HEAD:models", "--format", "markdown")[1].splitlines()
    assert "### Claims that changed" in markdown
    assert (
        "| `Large` | `Parameters` | `91234` | `91235` | `91234` | reproduced → stale | "
        "`the claim changed: the card says 91235, the evidence is about 91234` |"
    ) in markdown
    assert "1 claim has no evidence that holds; `mir verify` measures what it can." in markdown
    measure(card)
    markdown = mir("diff", "HEAD:models", "--format", "markdown")[1].splitlines()
    assert "### Verdicts that changed" in markdown
    assert (
        "| `Large` | `Parameters` | `91235` | `91235` | `91235` | stale → reproduced | `The model has 91235.` |"
    ) in markdown
    assert markdown[-1] == "Evidence: 1 changed."
    change = json.loads(mir("diff", "HEAD:models", "--format", "json")[1])[0]
    assert (change["verdict_before"], change["verdict_after"], change["measured"]) == ("stale", "reproduced", "91235")
    new = mir("diff", "nothing.yml", "models", "--format", "markdown")[0]
    assert new == 2
    Path("nothing.yml").write_text("Models: []\n")
    new = mir("diff", "nothing.yml", "models", "--format", "markdown")[1].splitlines()
    assert "- `Large`: 1 claim (1 reproduced)" in new
    assert "| `Large` | `Parameters` | `91235` | `91235` | reproduced | `The model has 91235.` |" in new


def measure(card: Path) -> None:
    """Evidence of the larger model, as `mir verify` writes it."""
    (large,) = [model for model in read_claims(load([card])) if model.model.name == "Large"]
    value = int(large.claims[0].reported.value)
    evidence = Evidence(
        claim=large.claims[0],
        verdict="reproduced",
        reason=f"The model has {value}.",
        measurement=Measurement(value=value, method="count"),
        digests={"claim": large.claims[0].digest},
        time="2026-01-01T00:00:00Z",
    )
    Store(card.parent / "evidence").write(evidence)


def commit(message: str) -> None:
    git("add", "models")
    git("commit", "-qm", message)


def test_a_revision_is_read_with_what_its_cards_import(mir):
    Path("models/model-index.yml").write_text("Import: ../cards/*.yml\n")
    Path("cards").mkdir()
    Path("cards/one.yml").write_text(CARD)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    Path("cards/one.yml").write_text(CARD.replace("9000", "9001"))
    assert mir("diff", "HEAD:models", "models")[1] == "~ Large: Parameters 9000 -> 9001\n"


def test_badges_say_what_holds(mir):
    root = ET.fromstring(mir("badge", "Small")[1])
    assert root.get("aria-label") == "claims: self-reported"
    badge = json.loads(mir("badge", "Small", "--claim", "params", "--format", "json")[1])
    assert (badge["schemaVersion"], badge["label"], badge["message"]) == (1, "Parameters", "1000 self-reported")
    assert mir("badge", "Small", "--out", "a/b.svg") == (0, "", "")
    assert Path("a/b.svg").read_text().startswith("<svg")
    assert mir("badge", "Other")[0] == 2
    assert "it claims parameters, flops, top-1-accuracy" in mir("badge", "Small", "--claim", "wer")[2]


def test_the_functions_return_plain_data():
    import registry

    assert [row["name"] for row in registry.search("models", "params > 5k")] == ["Large"]
    assert [row["name"] for row in registry.table("models", "models")] == ["Small", "Large"]
    pandas = pytest.importorskip("pandas")
    frame = registry.frame("models")
    assert isinstance(frame, pandas.DataFrame)
    assert frame.to_dict("records")[0]["value"] == 1000
    with pytest.raises(registry.types.UsageError, match="there is no table 'model'"):
        registry.table("models", "model")
