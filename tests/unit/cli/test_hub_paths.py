"""Cards by `hf://`, from a server that answers as the Hub does."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from dataclasses import replace
from email.message import Message
from urllib.error import HTTPError

import pytest

import registry
from registry.claims import read_claims
from registry.download.http import passing_wait
from registry.evidence import Store
from registry.types import UsageError
from tests.hub import FILES, GATED, RENAMED, hub

__all__ = ["hub"]

CARD = b"---\nlicense: Apache-2.0\nmodel-index:\n- name: net\n  results: []\n---\n# Net\n"
HEADER = json.dumps({"w": {"dtype": "BF16", "shape": [4096, 4096], "data_offsets": [0, 2 * 4096 * 4096]}}).encode()
WEIGHTS = struct.pack("<Q", len(HEADER)) + HEADER + bytes(1_000_000)
RESULTS = b"- dataset: {id: GPQA, task_id: diamond}\n  value: 41.2\n"
ACCURACY = b"""---
license: mit
model-index:
- name: acc
  results:
  - task: {type: image-classification}
    dataset: {type: cifar10, name: CIFAR-10}
    metrics: [{type: accuracy, value: 0.6}]
---
"""
FILES.update(
    {
        "models/lab/net@main": {"README.md": CARD, ".eval_results/gpqa.yaml": RESULTS, "pytorch_model.bin": b"x" * 100},
        "models/lab/large@main": {"model.safetensors": WEIGHTS},
        "models/lab/net@v1": {"README.md": CARD.replace(b"Apache-2.0", b"mit")},
        "models/lab/other@main": {"README.md": b"---\nlicense: mit\n---\n", "../up.md": b""},
        "models/lab/empty@main": {},
        "models/lab/acc@main": {"README.md": ACCURACY},
        "models/lab/acc@v1": {"README.md": ACCURACY.replace(b"0.6", b"0.5")},
        "models/house/net@main": {"README.md": CARD, "config.json": b"{}", "model.safetensors": WEIGHTS},
        "models/house/net@refs/pr/1": {"README.md": CARD, "model.safetensors": WEIGHTS},
        "models/house/net@feature/x": {"README.md": CARD.replace(b"Apache-2.0", b"mit"), "model.safetensors": WEIGHTS},
        "models/house/again@main": {"README.md": CARD},
        "models/house/torn@main": {"model.safetensors.index.json": b'{"weight_map": {"w": "model-1.safetensors"}}'},
        "datasets/lab/bench@main": {"eval.yaml": b"evaluation_framework: inspect_ai\ntasks: [{id: a}]\n"},
    }
)


def test_a_model_of_the_hub_is_checked_by_its_small_files(mir, hub, tmp_path):
    code, out, _ = mir("check", "hf://lab/net", "--format", "json")
    findings = json.loads(out)["findings"] if out.startswith("{") else json.loads(out)
    assert code == 1
    assert {(finding["rule"], finding["file"], finding["line"]) for finding in findings} == {
        ("MIR702", "hf://lab/net/README.md", 2),
        ("MIR104", "hf://lab/net/README.md", 5),
        ("MIR711", "hf://lab/net/.eval_results/gpqa.yaml", 1),
    }
    code, out, _ = mir("check", "hf://lab/net")
    assert "hf://lab/net/README.md:2:10: MIR702" in out
    assert "license: Apache-2.0" in out
    assert str(tmp_path) not in out
    assert not any("pytorch_model.bin" in path for path in hub.asked)


def test_a_revision_is_another_card(mir, hub):
    assert mir("check", "hf://lab/net@v1", "--select", "MIR7")[0] == 0
    code, _, err = mir("check", "hf://lab/net@v2")
    assert (code, "lab/net has no revision v2" in err) == (2, True)


def test_all_models_of_an_owner(mir, hub):
    code, out, err = mir("convert", "hf://lab", "--to", "json")
    cards = json.loads(out)["cards"]
    assert code == 0
    assert [model["name"] for card in cards for model in card["models"]] == ["acc", "net", "net", "other"]
    assert cards[-1]["file"] == "hf://lab/other/README.md"
    assert sum(path.startswith("/api/models?") for path in hub.asked) == 3
    assert "mir: warning: hf://lab/gated: the Hub has no lab/gated, or it is private" in err


def test_a_model_that_its_owner_removed_is_gone_here_too(mir, hub, monkeypatch):
    assert mir("check", "hf://lab")[0] == 1
    monkeypatch.delitem(FILES, "models/lab/other@main")
    code, out, _ = mir("convert", "hf://lab", "--to", "json")
    assert (code, "lab/other" in out) == (0, False)


def test_what_changed_between_two_revisions(mir, hub):
    code, out, err = mir("diff", "hf://lab/acc@v1", "--format", "json")
    assert code == 1, err
    (change,) = json.loads(out)
    assert (change["before"], change["after"], change["file"]) == ("0.5", "0.6", "hf://lab/acc/README.md")
    assert mir("diff", "hf://lab/acc", "hf://lab/acc@main")[0] == 0
    code, _, err = mir("diff", "hf://lab/acc")
    assert (code, "hf://lab/acc@REVISION" in err) == (2, True)


def test_evidence_of_cards_of_the_hub(mir, hub, tmp_path, evidence):
    index = registry.load("hf://lab/acc")
    ((claim,),) = (model.claims for model in read_claims(index))
    Store(tmp_path / "kept").write(replace(evidence, claim=claim, digests={"claim": claim.digest}))
    record = next((tmp_path / "kept").rglob("*.json")).read_text()
    assert '"hf://lab/acc/README.md"' in record
    assert str(tmp_path) not in record
    _, out, err = mir("evidence", "check", "hf://lab/acc", "--evidence", tmp_path / "kept", "--format", "json")
    assert [state["state"] == "orphaned" for state in json.loads(out)] == [False], err
    _, out, err = mir("evidence", "check", "hf://lab/other", "--evidence", tmp_path / "kept", "--format", "json")
    assert json.loads(out) == []


def test_a_benchmark_of_the_hub(mir, hub):
    code, out, _ = mir("check", "hf://datasets/lab/bench")
    assert (code, "MIR712" in out) == (1, True)


def test_the_card_of_a_gated_model_is_read(mir, hub):
    GATED.add("house/net")
    try:
        code, out, err = mir("check", "hf://house/net")
        assert (code, "MIR702" in out, "hf://house/net is gated" in err) == (1, True, True)
        code, _, err = mir("count", "hf://house/net")
        assert (code, "is gated: ask for access" in err) == (2, True)
    finally:
        GATED.clear()


def test_a_model_that_was_renamed_is_named(mir, hub):
    RENAMED["house/old"] = "house/net"
    try:
        code, out, err = mir("check", "hf://house/old")
        assert (code, "MIR702" in out, "hf://house/old is house/net now" in err) == (1, True, True)
        assert mir("count", "hf://house/old")[0] == 0
    finally:
        RENAMED.clear()


def test_revisions_with_slashes(mir, hub):
    assert mir("check", "hf://house/net@feature/x", "--select", "MIR7")[0] == 0
    for address in (
        "hf://house/net@feature/x",
        "hf://house/net@refs/pr/1",
        "hf://house/net@refs/pr/1/model.safetensors",
    ):
        code, out, err = mir("count", address, "--format", "json")
        assert code == 0, err
        assert json.loads(out)["parameters"] == 4096 * 4096


def test_a_hub_that_is_asked_too_much_is_asked_again(mir, hub):
    hub.busy = 2
    assert mir("count", "hf://house/net")[0] == 0
    hub.busy = 1
    assert mir("check", "hf://house/net")[0] == 1


def test_a_host_that_gives_no_ranges(mir, hub):
    hub.ranges = False
    assert mir("count", "hf://house/net/model.safetensors")[0] == 0


def test_an_index_that_names_a_file_which_is_not_there(mir, hub):
    code, _, err = mir("count", "hf://house/torn")
    assert (code, "has no file model-1.safetensors in main, though model.safetensors.index.json names it" in err) == (
        2,
        True,
    )


def test_the_files_of_many_models_are_asked_for_at_once(mir, hub, monkeypatch):
    monkeypatch.setattr("registry.download.hub_repositories._ASKED_SINGLY", 1)
    code, out, _ = mir("convert", "hf://house", "--to", "json")
    assert (code, len(json.loads(out)["cards"])) == (0, 2)
    assert not any("house/net/revision/" in path for path in hub.asked)


def test_models_of_one_name_are_told_apart(mir, hub):
    _, out, _ = mir("search", "hf://house")
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [
        ["net", "hf://house/again/README.md"],
        ["net", "hf://house/net/README.md"],
    ]
    _, out, _ = mir("query", "SELECT count(*) AS n FROM models", "hf://house", "--format", "json")
    assert json.loads(out) == [{"n": 2}]


def test_what_was_fetched_is_read_again_without_asking(mir, hub):
    code, _, err = mir("check", "hf://lab/net", "--offline")
    assert (code, "was not fetched before" in err) == (2, True)
    assert hub.asked == []
    first = mir("check", "hf://lab/net")
    requests = len(hub.asked)
    assert mir("check", "hf://lab/net", "--offline") == first
    assert len(hub.asked) == requests > 0


def test_show_and_verify_take_addresses(mir, hub, tmp_path):
    code, out, _ = mir("show", "hf://lab/net", "--format", "json")
    assert (code, {document["name"] for document in json.loads(out)}) == (0, {"net"})
    code, out, _ = mir("verify", "hf://lab/net", "--format", "json")
    assert code == 0
    assert [row["verdict"] for row in json.loads(out)] == ["unverifiable"]


@pytest.mark.parametrize("address", ["hf://lab/..", "hf://lab/a/b", "hf://datasets/lab", "hf:///x", "hf://lab/gone"])
def test_what_is_no_address_or_is_not_there(mir, hub, address):
    code, _, err = mir("check", address)
    assert code == 2
    assert "Traceback" not in err
    assert err.startswith("mir: ")


def test_functions_take_addresses(hub, tmp_path):
    assert [model.name for model in registry.load("hf://lab/net@v1").models] == ["net"]
    assert "MIR702" in {finding.rule for finding in registry.check(["hf://lab/net"])}
    assert [model["name"] for model in registry.search("hf://lab/net@v1")] == ["net"]
    assert "hf://lab/acc" in registry.convert("hf://lab/acc", "json").outputs[0].text
    assert [str(outcome.claim) for outcome in registry.verify("hf://lab/acc", evidence=tmp_path)] == [
        "acc: accuracy 0.6 on CIFAR-10"
    ]
    assert registry.build_site("hf://lab/acc", tmp_path / "html").models == 1
    with pytest.raises(UsageError, match="lab/gone"):
        registry.load("hf://lab/gone")


WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "numpy", "PIL", "psutil", "safetensors", "sklearn", "timm"}:
            raise ModuleNotFoundError(f"no {name} here", name=name)
sys.meta_path.insert(0, Missing())
from registry.cli import main
main()
"""


@pytest.mark.parametrize("command", ["check hf://lab/net", "count hf://lab/large", "convert hf://lab/net --to json"])
def test_cards_of_the_hub_need_no_extra(hub, command):
    run = subprocess.run([sys.executable, "-c", WITHOUT, *command.split()], capture_output=True, text=True, check=False)
    assert "Traceback" not in run.stderr
    assert "pip install" not in run.stderr
    assert "hf://lab/" in run.stdout


def test_evidence_is_reported_of_and_imported_for_addresses(mir, hub, tmp_path):
    code, out, _ = mir("evidence", "report", "hf://lab/acc")
    assert (code, "1 model" in out) == (0, True)
    (tmp_path / "eval_results.json").write_text('{"eval_accuracy": 0.6, "eval_samples": 10000, "eval_loss": 1.0}')
    code, out, err = mir(
        "evidence", "import", tmp_path / "eval_results.json", "--cards", "hf://lab/acc", "--evidence", tmp_path / "kept"
    )
    assert (code, "acc" in out) == (0, True), err


def test_a_site_of_an_owner(mir, hub, tmp_path):
    code, _, _ = mir("site", "pages", "--cards", "hf://lab", "--out", tmp_path / "docs")
    assert code == 0
    assert any("net" in file.name for file in (tmp_path / "docs" / "models").rglob("*.md"))


def test_fixes_are_not_written_to_the_hub(mir, hub):
    assert mir("check", "hf://lab/net", "--fix")[0] == 2
    code, out, _ = mir("check", "hf://lab/net", "--diff")
    assert (code, "+license: apache-2.0" in out) == (1, True)


def test_no_other_host_is_asked_than_the_user_allows(mir, hub, tmp_path):
    (tmp_path / "work" / "mir.toml").unlink()
    code, _, err = mir("check", "hf://lab/net")
    assert (code, "127.0.0.1" in err) == (2, True)
    assert hub.asked == []


def test_parameters_are_counted_from_a_few_kilobytes(mir, hub):
    code, out, _ = mir("count", "hf://lab/large", "--format", "json")
    counted = json.loads(out)
    assert (code, counted["parameters"], counted["by_type"]) == (0, 4096 * 4096, {"BF16": 4096 * 4096})
    assert hub.sent < 20_000
    assert mir("count", "hf://lab/large@main/model.safetensors", "--format", "json")[1] == out
    code, _, err = mir("count", "hf://lab/net")
    assert (code, "has none of model.safetensors" in err) == (2, True)


@pytest.mark.parametrize(
    ("code", "headers", "wait"),
    [
        (429, {"RateLimit": '"api";r=0;t=55'}, 55.0),
        (429, {"RateLimit": '"api";r=0;t=280'}, 60.0),
        (503, {"Retry-After": "7"}, 7.0),
        (503, {}, 0.0),
        (401, {}, None),
    ],
)
def test_a_host_says_when_it_may_be_asked_again(code, headers, wait):
    message = Message()
    for name, value in headers.items():
        message[name] = value
    assert passing_wait(HTTPError("https://example.org", code, "", message, None)) == wait
