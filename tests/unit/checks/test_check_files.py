"""Files that are checked one by one say what they say when they are checked together."""

from pathlib import Path

import pytest

import registry.checks.check_files as module
from registry.checks import check
from registry.checks.check_files import check_files
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
    told = []
    monkeypatch.setattr(module, "check", lambda *_, **__: told.append(1) or [])
    for number, zoo in enumerate(("imports", "collections of other files", "comments", "no cards", "the Hub")):
        for name, text in ZOOS[zoo].items():
            file = tmp_path / str(number) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        looked_at([tmp_path / str(number)], 1)
    assert told == []
    (tmp_path / "m.yml").write_text(ZOOS["metadata in a file of its own"]["a.yml"])
    looked_at([tmp_path / "m.yml"], 1)
    assert told == [1]


def looked_at(paths: list[Path], processes: int):
    return check_files(
        paths, root=None, dialect=None, left_out=LeftOut(), config=Config(), beside=None, processes=processes
    )
