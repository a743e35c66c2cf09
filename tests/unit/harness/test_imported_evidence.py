"""Records of imported logs: beside those of `mir`, on the site, and judged again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry.evidence.beside import Beside
from registry.evidence.claim_key import name_of, record_of
from registry.evidence.rejudge import contradictions
from registry.evidence.rejudge.imported import is_imported
from registry.types import Evidence
from tests.unit.harness.small_logs import card_of, evidence_in, import_small, log_of, result


def _own(evidence: Evidence, value: float) -> Evidence:
    measurement = replace(evidence.measurement, method="harness", value=value)  # type: ignore[type-var]
    details = {**measurement.details, "right": round(value * 1000)}
    return replace(evidence, measurement=replace(measurement, details=details), reason="measured by us")


def test_what_is_imported_and_what_mir_measured_stand_side_by_side(tmp_path: Path, mir: Any):
    card_of(tmp_path, [result("HellaSwag", {"acc": 50.0}, kind="hellaswag")])
    old, new = log_of("hellaswag", {"acc,none": 0.4}), log_of("hellaswag", {"acc,none": 0.5})
    new["date"] = old["date"] + 1000
    items, store = import_small(tmp_path, new, old)
    (imported,) = evidence_in(items)
    assert imported.verdict == "reproduced"  # of one harness, the newest log counts
    own = replace(_own(imported, 0.4), verdict="refuted")
    store.write(own)
    _, store = import_small(tmp_path, new)
    assert {(is_imported(record), record.verdict) for record in store.all()} == {
        (True, "reproduced"),
        (False, "refuted"),
    }
    record = store.find(own.claim)
    assert record is not None
    assert (is_imported(record), record.verdict) == (False, "refuted")
    assert len(list((tmp_path / "evidence").iterdir())) == 1

    view = Beside(store.all()).shown(own.claim)
    assert (view.verdict, [record.verdict for record in view.imported]) == ("refuted", ["reproduced"])
    assert "1 refuted, 1 imported: reproduced" in mir("evidence", "show", tmp_path)[1]
    checked = mir("evidence", "check", tmp_path / "README.md", "--format", "json")
    assert [row["state"] for row in json.loads(checked[1])] == ["fresh", "fresh"]
    assert mir("site", "pages", "--cards", tmp_path, "--out", tmp_path / "docs")[0] == 0
    pages = [path.read_text().casefold() for path in (tmp_path / "docs" / "models").rglob("*.md")]
    assert any("imported: measured by lm-eval" in page and "refuted" in page for page in pages)


def test_an_imported_record_of_an_older_mir_makes_way(tmp_path: Path):
    card_of(tmp_path, [result("HellaSwag", {"acc": 50.0}, kind="hellaswag")])
    items, store = import_small(tmp_path, log_of("hellaswag", {"acc,none": 0.5}))
    (imported,) = evidence_in(items)
    (file,) = (tmp_path / "evidence").iterdir()
    file.write_text(file.read_text().replace(record_of(imported), name_of(imported.claim)))
    (record,) = store.all()
    assert (is_imported(record), store.find(imported.claim)) == (True, record)
    store.write(_own(imported, 0.5))
    assert sorted(map(is_imported, store.all())) == [False, True]


def test_a_verdict_that_does_not_follow_is_seen(tmp_path: Path):
    card_of(tmp_path, [result("HellaSwag", {"acc": 50.0}, kind="hellaswag")])
    (evidence,) = evidence_in(import_small(tmp_path, log_of("hellaswag", {"acc,none": 0.4}))[0])
    assert evidence.verdict == "refuted"
    (wrong,) = contradictions(replace(evidence, verdict="reproduced"))
    assert "what was measured makes refuted" in wrong
    measurement = evidence.measurement
    assert measurement is not None
    (wrong,) = contradictions(replace(evidence, measurement=replace(measurement, value=0.5)))
    assert "400 of 1000 samples are not 0.5" in wrong


def test_what_is_imported_stands_apart_wherever_it_is_shown(tmp_path: Path, mir: Any):
    card_of(tmp_path, [result("HellaSwag", {"acc": 50.0}, kind="hellaswag")])
    (tmp_path / "log.json").write_text(json.dumps(log_of("hellaswag", {"acc,none": 0.5})))
    code, out, _ = mir("evidence", "import", tmp_path / "log.json", "--cards", tmp_path / "README.md")
    assert (code, "1 claim: 1 imported: reproduced" in out) == (0, True)
    assert "1 imported: reproduced" in mir("evidence", "show", tmp_path)[1]
    checked = mir("evidence", "check", tmp_path / "README.md")
    assert (checked[0], "1 imported: measured by other harnesses, not by mir" in checked[1]) == (0, True)
    rows = json.loads(
        mir("query", "select reproduced from models", "--cards", tmp_path / "README.md", "--format", "json")[1]
    )
    assert rows == [{"reproduced": 0}]
    code, out, _ = mir("verify", tmp_path / "README.md", "--format", "json")
    (row,) = json.loads(out)
    assert (code, row["imported"], row["verdict"]) == (0, True, "reproduced")
