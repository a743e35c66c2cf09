"""Files that are checked one by one say what they say when they are checked together."""

import pickle
from pathlib import Path

import pytest

import registry.checks.check_files as module
from registry import cache_file
from registry.checks import check
from registry.checks.check_files import check_files
from registry.checks.kept_parts import KeptParts
from registry.config import Config
from registry.loader import LeftOut, load

MODEL = "Models:\n- {{Name: {0}, In Collection: {1}, Weights: https://example.org/w.pth, Metadata: {{FLOPs: {2}}}}}\n"

ZOOS = {
    "imports": {
        "model-index.yml": "Import: [a.yml, 'sub/*.yml']\nLibrary: {Name: zoo, Repository: https://github.com/o/zoo}\n",
        "a.yml": MODEL.format("x", "C", 1000),
        "sub/b.yml": "Collections: [{Name: C, Metadata: {Parameters: 2000}}]\n" + MODEL.format("x", "C", "-1"),
        "sub/c.yml": "Models:\n- {Name: X, Code: https://github.com/o/zoo/blob/main/sub/gone.py}\n",
        "not_imported.yml": MODEL.format("y", "Cc", "banana"),
    },
    "collections of other files": {
        "a.yml": MODEL.format("a", "C", 10) + "- {Name: b, In Collection: [C, D]}\n",
        "c.yml": "Collections:\n- {Name: C, Metadata: {Epochs: no}, Results: [{Task: T, Dataset: D, Metrics: {A: 1}}]}",
        "d.yml": "Collections: [{Name: C}, {Name: D, Metadata: {Parameters: 5}}]\n",
    },
    "metadata in a file of its own": {
        "a.yml": "Models: [{Name: a, Metadata: meta/a.yml, Results: [{Task: T, Dataset: D, Metrics: {A: 1}}]}]\n",
        "meta/a.yml": "Parameters: -3\nFLOPs: http://example.org\n",
    },
    "comments": {
        "a.yml": "Models:\n- Name: a\n  Metadata:\n    FLOPs: -1  # mir: ignore[MIR202]\n    X: 3  # mir: ignore[MIR2]",
        "b.md": "<!-- mir: ignore-file[MIR305] -->\n<!--\nType: model-index\nName: a\nMetadata: {FLOPs: 2}\n-->\n",
    },
    "no cards": {
        "a.yml": "jobs: [1]\n",
        "metafile.yml": "Models: [\n",
        "b.json": '{"Models": [{"Name": "a", "Metadata": {"FLOPs": "http://u:secret-word@example.org/"}}]}',
        "c.yml": "- {Name: a, Weights: http://example.org/w.pth, Metadata: {FLOPs: 1}}\n",
        "d.yml": "Models: [{Name: z, Weights: https://example.org/w.pth}]\n",
    },
    "the Hub": {
        "one/README.md": "---\nlicense: mitt\nlanguage: english\n---\n# One\n",
        "one/.eval_results/r.yaml": "- dataset: {id: org/bench, task_id: none}\n  value: 1\n",
        "bench/eval.yaml": "name: Bench\ntasks: [{id: some}]\n",
    },
}


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("zoo", ZOOS)
def test_same_findings(zoo: str, processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH_FORKING", 0)
    for name, text in ZOOS[zoo].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for paths in ([tmp_path], sorted(tmp_path.rglob("a.yml")), sorted(tmp_path.rglob("*.yml"))):
        together = load(paths)
        expected = check(together)
        index, findings = looked_at(paths, processes)
        assert findings == expected
        assert [(card.file, card.imports, len(card.models)) for card in index.cards] == [
            (card.file, card.imports, len(card.models)) for card in together.cards
        ]
        assert [model.name for model in index.models] == [model.name for model in together.models]
        assert {name: source.text for name, source in index.sources.items()} == {
            name: source.text for name, source in together.sources.items()
        }


def test_only_what_must_be_is_told_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(module, "check", lambda *_, **__: calls.append(1) or [])
    for number, zoo in enumerate(("imports", "collections of other files", "comments", "no cards", "the Hub")):
        for name, text in ZOOS[zoo].items():
            file = tmp_path / str(number) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        looked_at([tmp_path / str(number)], 1)
    assert calls == []
    (tmp_path / "m.yml").write_text(ZOOS["metadata in a file of its own"]["a.yml"])
    looked_at([tmp_path / "m.yml"], 1)
    assert calls == [1]


def looked_at(paths: list[Path], processes: int):
    return check_files(
        paths, root=None, dialect=None, left_out=LeftOut(), config=Config(), beside=None, processes=processes
    )


class Counted:
    """What is looked at of a folder, beside what was kept."""

    def __init__(self, folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.file, self.seen = folder, file, []
        look = module.part_of
        monkeypatch.setattr(
            module, "part_of", lambda task, *more: self.seen.append(Path(task.file).name) or look(task, *more)
        )

    def findings(self, state: str = "now"):
        self.seen.clear()
        parts = KeptParts(self.file, state)
        _, report = check_files(
            [self.folder],
            root=None,
            dialect=None,
            left_out=LeftOut(),
            config=Config(),
            beside=None,
            processes=1,
            kept=parts,
        )
        return report


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    zoo = tmp_path / "zoo"
    for number in range(5):
        (zoo / f"{number}.yml").parent.mkdir(exist_ok=True)
        (zoo / f"{number}.yml").write_text(MODEL.format("x", "C", f"-{number}"))
    return Counted(zoo, tmp_path / "cache" / "some.parts", monkeypatch)


def test_only_what_changed_is_looked_at_again(counted: Counted) -> None:
    first = counted.findings()
    assert len(counted.seen) == 5
    assert counted.findings() == first
    assert counted.seen == []
    (counted.folder / "3.yml").write_text(MODEL.format("y", "D", "banana"))
    (counted.folder / "new.yml").write_text(MODEL.format("x", "C", 3))
    (counted.folder / "0.yml").unlink()
    after = counted.findings()
    assert sorted(counted.seen) == ["3.yml", "new.yml"]
    assert after == check(load([counted.folder]))
    assert after != first
    counted.findings("another version")
    assert len(counted.seen) == 5


class Command:
    """What a stranger could put into a cache."""

    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize("spoilt", ["garbage", "half", "nothing", "a command", "another's types"])
def test_a_spoilt_cache_is_made_anew(counted: Counted, spoilt: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = counted.findings()
    good = cache_file.read(counted.file)
    data = {
        "garbage": b"garbage" * 100,
        "half": good[: len(good) // 2],
        "nothing": b"",
        "a command": pickle.dumps(("now", {}, Command())),
        "another's types": pickle.dumps(("now", {"files": []}, {"a": 3})),
    }[spoilt]
    cache_file.write(counted.file, data)
    assert counted.findings() == first
    assert len(counted.seen) == 5
    assert capsys.readouterr().out == ""
    assert counted.findings() == first
    assert counted.seen == []
