"""Cards with the exact findings beside them: `<case>/` is checked, `<case>.txt` is what must come out.

Run with MIR_UPDATE=1 to write what comes out now, and read the difference before committing it.
"""

import os
from pathlib import Path

import pytest

import registry
from registry.types import Finding

HERE = Path(__file__).parent
GOOD = sorted(path for path in (HERE / "good").iterdir() if path.is_dir())
BAD = sorted(path for path in (HERE / "bad").iterdir() if path.is_dir())


def line(finding: Finding, case: Path) -> str:
    at = finding.location
    file = Path(at.file).resolve().relative_to(case).as_posix() if Path(at.file).is_absolute() else at.file
    fix = f" [{finding.fix.description}]" if finding.fix else ""
    hint = f" ({finding.hint})" if finding.hint else ""
    return (
        f"{file}:{at.line}:{at.column} {finding.rule} {finding.severity} {at.path or '-'}: {finding.message}{hint}{fix}"
    )


def check(case: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(case)
    return [line(finding, case) for finding in registry.check(Path())]


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_good_cards_have_no_errors_or_warnings(case, monkeypatch):
    monkeypatch.chdir(case)
    assert [line(finding, case) for finding in registry.check(Path()) if finding.severity != "info"] == []


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_bad_cards_have_exactly_their_findings(case, monkeypatch):
    findings = "".join(f"{text}\n" for text in check(case, monkeypatch))
    expected = case.with_suffix(".txt")
    if os.environ.get("MIR_UPDATE"):
        expected.write_text(findings, encoding="utf-8")
    assert findings == expected.read_text(encoding="utf-8")
