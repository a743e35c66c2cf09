import json

import pytest

from registry.read.ids import STALE_BASELINE
from registry.report.baseline import read_baseline, without_accepted, write_baseline
from registry.types import UsageError

CARD = "Models:\n- Name: AlexNet\n  FLOPs: -3\n"


def everything(rule: str) -> bool:
    return True


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.yml").write_text(CARD)
    return tmp_path


def test_what_is_accepted_is_left_out(folder, report, finding):
    accepted = report([finding(text=CARD)], text=CARD)
    assert write_baseline(folder / "baseline.json", accepted, everything) == 1
    baseline = read_baseline(folder / "baseline.json")
    moved = "# later\n" + CARD.replace("AlexNet", "AlexNet\n  New: key")
    again = report([finding(text=moved), finding("New", text=moved)], text=moved)
    (left,) = without_accepted(again, baseline, everything).findings
    assert left.location.line == 4


def test_one_accepted_finding_excuses_one(folder, report, finding):
    write_baseline(folder / "baseline.json", report([finding()]), everything)
    twice = report([finding(), finding()])
    assert len(without_accepted(twice, read_baseline(folder / "baseline.json"), everything).findings) == 1


def test_holds_from_any_folder(folder, report, finding, monkeypatch):
    write_baseline(folder / "baseline.json", report([finding()]), everything)
    monkeypatch.chdir(folder / "models")
    report_inside = report([finding(file="a.yml")], file="a.yml")
    assert not without_accepted(report_inside, read_baseline(folder / "baseline.json"), everything).findings


def test_an_entry_that_is_gone_is_reported_at_its_line(folder, report, finding):
    write_baseline(folder / "baseline.json", report([finding(), finding("Parameters")]), everything)
    left = without_accepted(report([finding()]), read_baseline(folder / "baseline.json"), everything)
    (stale,) = left.findings
    assert (stale.rule, stale.severity) == (STALE_BASELINE, "info")
    source = left.index.sources[stale.location.file]
    assert json.loads(source.line(stale.location.line).rstrip(","))["message"] == "'-3' is below zero"


def test_entries_of_files_and_rules_that_were_not_checked_are_left_alone(folder, report, finding):
    write_baseline(folder / "baseline.json", report([finding()]), everything)
    baseline = read_baseline(folder / "baseline.json")
    assert not without_accepted(report([], file="models/b.yml"), baseline, everything).findings
    assert not without_accepted(report([]), baseline, lambda rule: rule != "MIR201").findings
    (folder / "models" / "a.yml").unlink()
    assert len(without_accepted(report([], file="models/b.yml"), baseline, everything).findings) == 1


def test_survives_another_layout(folder, report, finding):
    write_baseline(folder / "baseline.json", report([finding(), finding()]), everything)
    text = (folder / "baseline.json").read_text()
    (folder / "baseline.json").write_text(json.dumps(json.loads(text), indent=4))
    assert not without_accepted(
        report([finding(), finding()]), read_baseline(folder / "baseline.json"), everything
    ).findings


@pytest.mark.parametrize("text", ["{", "3", '["a"]', '[{"file": "a"}]', "\udcff"])
def test_a_file_that_is_no_baseline_is_refused(tmp_path, text):
    (tmp_path / "b.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(UsageError, match=r"b\.json is not a baseline"):
        read_baseline(tmp_path / "b.json")


def test_a_missing_file_says_how_to_write_it(tmp_path):
    with pytest.raises(UsageError, match="--write-baseline"):
        read_baseline(tmp_path / "b.json")
