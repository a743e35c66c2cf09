from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from registry.evidence import Store, to_json
from registry.types import Evidence, Measurement, Quantity

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def models(tmp_path: Path, evidence: Evidence) -> Path:
    Store(tmp_path / "models" / "evidence").write(evidence)
    return tmp_path / "models"


def test_show(mir: Run, models: Path, evidence: Evidence) -> None:
    for folder in (models, models / "evidence"):
        code, out, _ = mir("evidence", "show", folder, "--format", "json")
        assert code == 0
        (record,) = json.loads(out)
        assert record["claim"]["reported"] == to_json(evidence)["claim"]["reported"]
    code, out, _ = mir("evidence", "show", models)
    assert code == 0
    assert "reproduced" in out
    assert mir("evidence", "show", models, "--model", "AlexNett")[::2] == (
        2,
        "mir: error: no card has a model named 'AlexNett'; did you mean AlexNet?\n",
    )
    assert json.loads(mir("evidence", "show", models, "--verdict", "refuted", "--format", "json")[1]) == []


def test_show_names_what_is_no_evidence(mir: Run, models: Path) -> None:
    (models / "evidence" / "bad\x1b[31m.json").write_text("{}")
    code, out, err = mir("evidence", "show", models / "evidence")
    assert code == 1
    assert "reproduced" in out
    assert "is not evidence" in err
    assert "\x1b" not in err


def test_a_missing_folder_is_a_usage_error(mir: Run, tmp_path: Path) -> None:
    assert mir("evidence", "show", tmp_path / "nowhere") == (
        2,
        "",
        f"mir: error: there is no file or folder '{tmp_path}/nowhere'\n",
    )


def test_diff_of_folders(mir: Run, models: Path, tmp_path: Path, evidence: Evidence) -> None:
    other = Store(tmp_path / "other")
    other.write(replace(evidence, time="2027-01-01T00:00:00Z"))
    code, out, _ = mir("evidence", "diff", models, other.folder)
    assert (code, out) == (0, "")
    other.write(replace(evidence, verdict="error"))
    code, out, _ = mir("evidence", "diff", models, other.folder)
    assert (code, out) == (1, "~ AlexNet Top 1 Accuracy:\n    verdict: reproduced -> error\n")
    code, out, _ = mir("evidence", "diff", models, other.folder, "--format", "json")
    (change,) = json.loads(out)
    assert code == 1
    assert change["what"] == [{"name": "verdict", "before": "reproduced", "after": "error"}]


def test_a_difference_is_shown_where_it_is(mir: Run, models: Path, tmp_path: Path, evidence: Evidence) -> None:
    assert evidence.measurement is not None
    long = "The same words, again and again. " * 20
    details = {"preprocessing": {"crop": 256, "mean": [0.5, 0.5]}, "by_layer": [["a", 1], ["b", 2]]}
    store, other = Store(models / "evidence"), Store(tmp_path / "other")
    store.write(replace(evidence, reason=f"{long}1", measurement=replace(evidence.measurement, details=details)))
    details = {"preprocessing": {"crop": 224, "mean": [0.5, 0.4]}, "by_layer": [["a", 1], ["b", 3], ["c", 4]]}
    other.write(replace(evidence, reason=f"{long}2", measurement=replace(evidence.measurement, details=details)))
    _, out, _ = mir("evidence", "diff", store.folder, other.folder)
    assert out.splitlines()[1:] == [
        "    details.by_layer.b: 2 -> 3",
        "    details.by_layer.c: nothing -> 4",
        "    details.preprocessing.crop: 256 -> 224",
        "    details.preprocessing.mean[1]: 0.5 -> 0.4",
        "    reason: ...s, again and again. 1 -> ...s, again and again. 2",
    ]


def test_diff_of_revisions(mir: Run, models: Path, evidence: Evidence) -> None:
    def git(*arguments: str) -> None:
        settings = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", str(models), *settings, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("commit", "-qm", "none", "--allow-empty")
    git("add", "-A")
    git("commit", "-qm", "one")
    assert mir("evidence", "diff", "HEAD", "--in", models)[:2] == (0, "")
    code, out, _ = mir("evidence", "diff", "HEAD~1", "HEAD", "--in", models)
    assert (code, out) == (1, "+ AlexNet Top 1 Accuracy: 56.52%, reproduced\n")
    Store(models / "evidence").path(evidence.claim).unlink()
    code, out, _ = mir("evidence", "diff", "HEAD", "--in", models)
    assert (code, out) == (1, "- AlexNet Top 1 Accuracy: 56.52%, reproduced\n")
    code, _, err = mir("evidence", "diff", "nonsense", "--in", models)
    assert code == 2
    assert "no such revision: nonsense" in err


def test_export_sign_and_verify(mir: Run, models: Path, tmp_path: Path, evidence: Evidence) -> None:
    code, out, _ = mir("evidence", "export", models, "--in-toto")
    assert code == 0
    assert json.loads(out)["predicate"]["verdict"] == "reproduced"
    key, signed = tmp_path / "key", tmp_path / "all.intoto.jsonl"
    assert mir("evidence", "keygen", key)[0] == 0
    assert mir("evidence", "export", models, "--in-toto", "--sign", key, "-o", signed) == (0, "", "")
    verify = ("evidence", "verify", signed, "--key", f"{key}.pub", "--evidence", models)
    code, out, _ = mir(*verify)
    assert code == 0
    assert out.endswith("1 signed and unchanged, 0 not\n")
    file = Store(models / "evidence").path(evidence.claim)
    file.write_text(file.read_text().replace("0.56522", "0.56523"))
    assert mir(*verify)[0] == 1  # the folder was changed after signing
    assert mir(*verify[:-2])[0] == 0  # the bundle was not
    mir("evidence", "keygen", tmp_path / "other")
    assert mir("evidence", "verify", signed, "--key", tmp_path / "other.pub")[0] == 1
    assert mir("evidence", "verify", signed, "--key", tmp_path / "missing.pub")[0] == 2
    signed.write_bytes(b"")
    assert mir("evidence", "verify", signed, "--key", f"{key}.pub")[0] == 1


def test_the_weights_of_a_card_are_a_subject_of_all_its_claims(mir: Run, models: Path, evidence: Evidence) -> None:
    reported = Quantity.parse("61100840", "count")
    counted = replace(evidence.claim, subject="parameters", kind="count", reported=reported, dataset=None, task=None)
    measured = replace(
        evidence,
        claim=counted,
        reason="the model has 61100840",
        measurement=Measurement(value=61100840, method="count"),
        digests={"claim": counted.digest, "code": "sha256:" + "c0" * 32},
    )
    store = Store(models / "evidence")
    store.path(evidence.claim).unlink()
    store.write(measured)

    def subjects() -> list[str]:
        _, out, _ = mir("evidence", "export", models, "--in-toto")
        return [subject["digest"]["sha256"] for subject in json.loads(out.splitlines()[0])["subject"]]

    assert len(subjects()) == 1
    digest = "ab" * 32
    (models / "card.yml").write_text(f"Models:\n- Name: AlexNet\n  Metadata: {{SHA256: {digest}}}\n")
    assert subjects()[1:] == [digest]
    store.write(evidence)  # whose weights were run
    assert subjects()[1:] == ["7b" * 32]
