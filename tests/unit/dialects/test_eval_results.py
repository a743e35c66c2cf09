from __future__ import annotations

from pathlib import Path

from registry.loader import load


def test_scores_belong_to_the_repository_that_they_stand_in(tmp_path: Path) -> None:
    folder = tmp_path / "smollm" / ".eval_results"
    folder.mkdir(parents=True)
    (folder / "hle.yaml").write_text("""\
- dataset:
    id: cais/hle
    task_id: default
    revision: abc
    subset: x
  value: 20.90
  verifyToken: token
  date: 2025-01-15
  source:
    url: https://example.org
    name: Eval traces
    user: someone
  notes: no-tools
- dataset: {id: Idavidrein/gpqa}
  value: 0.412
""")
    index = load([tmp_path])
    [model] = index.models
    assert (model.name, model.dialect, index.findings) == ("smollm", "eval-results", ())
    first, second = model.results
    assert (first.task, first.dataset.name, first.dataset.revision) == ("default", "cais/hle", "abc")
    assert (first.source_name, first.source_url) == ("Eval traces", "https://example.org")
    assert set(first.extra) == {"date", "notes", "source.user", "dataset.subset"}
    [metric] = first.metrics
    assert (metric.text, metric.verify_token, metric.path) == ("20.90", "token", "[0].value")
    assert (metric.location.line, metric.location.column) == (6, 10)
    assert (second.dataset.name, second.metrics[0].value) == ("Idavidrein/gpqa", 0.412)
    # The same list is known anywhere by its dataset ids.
    (tmp_path / "scores.yml").write_text("- dataset: {id: a/b}\n  value: 1\n")
    assert load([tmp_path / "scores.yml"]).cards[0].dialect == "eval-results"


def test_files_of_results_are_never_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "net" / ".eval_results"
    folder.mkdir(parents=True)
    (folder / "tab.yaml").write_text("-\tdataset: {id: cais/hle}\n\tvalue: 1\n")
    (folder / "empty.yaml").write_text("")
    (folder / "text.yaml").write_text("hello\n")
    (folder / "notes.json").write_text("{}")
    findings = {
        Path(finding.location.file).name: (finding.rule, finding.severity) for finding in load([tmp_path]).findings
    }
    assert findings == {
        "tab.yaml": ("MIR004", "error"),
        "empty.yaml": ("MIR021", "info"),
        "text.yaml": ("MIR020", "info"),
    }
