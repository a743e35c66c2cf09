import pytest

from registry.report import FORMATS


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_builds_a_large_report_in_one_piece(report, finding, form):
    """A million findings go through piece by piece."""
    findings = [finding(hint="count again", replacement="3")] * 2000
    assert max(len(piece) for piece in FORMATS[form](report(findings))) < 5000
