"""`mir verify --with`: an installed harness is run for the claims that are its own, and its log is read."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import registry
from registry.evidence import Store
from registry.evidence.rejudge import contradictions
from registry.types import WeightsError
from registry.verify.harnesses.commands import HarnessRun, Subject, subject_of

_PROGRAMS = importlib.util.spec_from_file_location("programs", Path(__file__).with_name("programs.py"))
assert _PROGRAMS is not None
programs = importlib.util.module_from_spec(_PROGRAMS)
_PROGRAMS.loader.exec_module(programs)  # type: ignore[union-attr]


Run = Callable[..., tuple[int, str, str]]


class Place:
    """A card beside its model, and a harness on the path."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, mir: Run) -> None:
        self._mir = mir
        self.card, self.scores, self.seen = folder / "tiny", folder / "scores.json", folder / "seen.jsonl"
        self.programs = folder / "bin"
        self.card.mkdir()
        self.programs.mkdir()
        (self.card / "config.json").write_text('{"model_type": "gpt2"}')
        (self.card / "model.safetensors").write_bytes(b"weights")
        monkeypatch.setenv("PATH", str(self.programs), prepend=":")
        monkeypatch.setenv("MIR_CACHE", str(folder / "cache"))

    def install(self, name: str, source: str, **scores: float) -> None:
        self.scores.write_text(json.dumps(scores))
        file = self.programs / name
        file.write_text(source.format(python=sys.executable, seen=str(self.seen), scores=str(self.scores)))
        file.chmod(0o755)

    def claims(self, *results: tuple[str, str, float, dict[str, Any]], task: str = "text-generation") -> None:
        entries = [
            {
                "task": {"type": task},
                "dataset": {"name": name, "type": name.partition(" ")[0].lower(), **data},
                "metrics": [{"type": metric, "value": value}],
            }
            for name, metric, value, data in results
        ]
        index = json.dumps([{"name": "tiny", "results": entries}])
        text = f"---\nlibrary_name: transformers\nmodel-index: {index}\n---\n# A\n"
        (self.card / "README.md").write_text(text)

    def verify(self, *options: str):
        code, out, _ = self._mir("verify", self.card, "--format", "json", *options)
        return code, json.loads(out)

    @property
    def commands(self) -> list[list[str]]:
        return [json.loads(line) for line in self.seen.read_text().splitlines()] if self.seen.exists() else []


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mir: Run) -> Place:
    return Place(tmp_path, monkeypatch, mir)


def test_lm_eval_runs_once_for_each_number_of_examples(place: Place):
    place.install("lm_eval", programs.LM_EVAL, arc_easy=0.6, hellaswag=0.5, winogrande=0.7)
    few = {"args": {"num_few_shot": 5}}
    place.claims(
        ("arc_easy", "acc", 60.0, few), ("HellaSwag (5-shot)", "acc", 50.0, {}), ("winogrande", "acc", 71.0, {})
    )
    code, rows = place.verify("--with", "lm-eval")
    assert code == 1
    assert [row["verdict"] for row in rows] == ["reproduced", "reproduced", "refuted"]
    assert rows[0]["reason"].startswith("measured by us with lm-eval 0.4.13: 600 of 1000 samples")
    assert not any(row["imported"] for row in rows)
    first, second = place.commands
    assert first[first.index("--tasks") + 1] == "arc_easy,hellaswag"
    assert first[first.index("--num_fewshot") + 1] == "5"
    assert "--num_fewshot" not in second
    assert first[first.index("--model_args") + 1] == f"pretrained={place.card.resolve()}"
    records = Store(place.card / "evidence").all()
    assert {record.measurement.method for record in records if record.measurement} == {"harness"}
    assert all(contradictions(record) == () for record in records)
    assert {"log", "folder"} <= records[0].digests.keys()
    assert records[0].environment["lm-eval"] == "0.4.13"
    place.verify("--with", "lm-eval")
    assert len(place.commands) == 2, "what is settled is not run again"
    (place.card / "model.safetensors").write_bytes(b"other weights")
    place.verify("--with", "lm-eval")
    assert len(place.commands) == 4


def test_mteb_runs_its_tasks_on_a_folder(place: Place, monkeypatch: pytest.MonkeyPatch):
    place.install("mteb", programs.MTEB, STS12=0.7171, STS13=0.5)
    packages = place.programs / "packages"
    (packages / "mteb").mkdir(parents=True)
    (packages / "sentence_transformers.py").write_text(programs.SENTENCES)
    package = programs.MTEB_PACKAGE.format(seen=str(place.seen), scores=str(place.scores))
    (packages / "mteb" / "__init__.py").write_text(package)
    (packages / "mteb" / "cache.py").write_text(programs.MTEB_CACHE)
    monkeypatch.setenv("PYTHONPATH", str(packages))
    about = {"split": "test", "config": "default"}
    place.claims(
        ("MTEB STS12", "cos_sim_spearman", 71.71, about), ("MTEB STS13", "cosine_spearman", 60.0, about), task="STS"
    )
    code, rows = place.verify("--with", "mteb")
    assert (code, [row["verdict"] for row in rows]) == (1, ["reproduced", "refuted"])
    assert place.commands == [[str(place.card.resolve()), "STS12", "STS13"]]


def test_mteb_s_program_runs_models_of_the_hub(tmp_path: Path):
    run = HarnessRun(harness="mteb", subject=Subject(name="owner/tiny", revision="abc"), tasks=("STS12", "STS13"))
    options = ["run", "--model", "owner/tiny", "--model_revision", "abc", "--output_folder", str(tmp_path)]
    assert run.command(["mteb"], tmp_path) == ["mteb", *options, "--tasks", "STS12", "STS13"]


def test_without_the_harness_the_reason_says_how_it_is_had(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(place.programs))
    monkeypatch.setattr(sys, "executable", str(place.programs / "python"))
    place.claims(("hellaswag", "acc", 50.0, {}))
    for options in ([], ["--with", "lm-eval"], ["--with", "lm-eval", "--plan"]):
        _, report = place.verify(*options)
        assert "needs lm-eval: pip install lm-eval; mir verify --with lm-eval CARD" in json.dumps(report)


def test_a_plan_says_what_would_be_run(place: Place):
    place.install("lm_eval", programs.LM_EVAL, hellaswag=0.5)
    place.claims(("hellaswag", "acc", 50.0, {}))
    _, plan = place.verify("--with", "lm-eval", "--plan")
    (job,) = plan["jobs"]
    assert (job["kind"], job["library"], job["dataset"], job["claims"]) == ("harness", "lm-eval", "1 task", 1)
    assert not place.commands


def test_a_harness_that_fails_or_takes_too_long_is_told_in_one_sentence(place: Place):
    place.install("lm_eval", programs.LM_EVAL, hellaswag=0.5, fails=1)
    place.claims(("hellaswag", "acc", 50.0, {}))
    code, (row,) = place.verify("--with", "lm-eval")
    assert (code, row["verdict"]) == (1, "error")
    assert row["reason"] == "lm-eval ended with exit code 1: ValueError: no such data set"
    place.install("lm_eval", programs.LM_EVAL, hellaswag=0.5, sleep=60)
    _, (row,) = place.verify("--with", "lm-eval", "--time-limit", "1")
    assert row["reason"] == "lm-eval took longer than 1 s; --time-limit gives it more"


def test_code_of_strangers_runs_only_where_they_are_trusted(tmp_path: Path):
    run = HarnessRun(harness="lm-eval", subject=Subject(name="owner/tiny", revision="abc"), tasks=("humaneval",))
    plain = run.command(["lm_eval"], tmp_path)
    assert "pretrained=owner/tiny,revision=abc" in plain
    assert not any("trust" in word or "unsafe" in word for word in plain)
    assert run.environment == {}
    trusted = HarnessRun(harness="lm-eval", subject=run.subject, tasks=run.tasks, trust=True)
    assert "pretrained=owner/tiny,revision=abc,trust_remote_code=True" in trusted.command(["lm_eval"], tmp_path)
    assert "--confirm_run_unsafe_code" in trusted.command(["lm_eval"], tmp_path)


@pytest.mark.parametrize(
    "name",
    ["owner/tiny,trust_remote_code=True", "--model_args", "../../etc/passwd", "owner/tiny --x", "tiny", "http://x/y"],
)
def test_a_card_cannot_give_a_harness_other_arguments(tmp_path: Path, name: str):
    (tmp_path / "README.md").write_text(
        f"---\nlibrary_name: transformers\nBuilder: {json.dumps('transformers:' + name)}\npipeline_tag: x\n---\n"
    )
    (model,) = registry.load(tmp_path / "README.md").models
    with pytest.raises(WeightsError, match="nothing says which model"):
        subject_of(model)


def test_a_task_s_name_that_is_an_option_is_not_passed_on(place: Place):
    place.install("mteb", programs.MTEB)
    place.claims(("MTEB --save_predictions", "accuracy", 50.0, {}), task="Classification")
    _, (row,) = place.verify("--with", "mteb")
    assert "is no task's name" in row["reason"]
    assert not place.commands


def test_a_card_of_the_hub_is_run_as_its_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MIR_CACHE", str(tmp_path))
    for revision, expected in (("main", ""), ("v1", "v1")):
        folder = tmp_path / "hub" / "models" / revision / "owner" / "mini"
        folder.mkdir(parents=True)
        (folder / "README.md").write_text("---\nlibrary_name: transformers\npipeline_tag: text-generation\n---\n")
        (folder / "config.json").write_text("{}")
        (model,) = registry.load(folder / "README.md").models
        assert subject_of(model) == Subject(name="owner/mini", revision=expected)
