"""Links into repositories of several hosts, and to where an error is reported."""

from pathlib import Path

import pytest

from registry.publish.repository import repository


@pytest.mark.parametrize(
    ("url", "line", "report"),
    [
        (
            "https://github.com/o/zoo/tree/main/models",
            "https://github.com/o/zoo/blob/main/models/a%20b.md#L7",
            "https://github.com/o/zoo/issues/new?title=a&body=b",
        ),
        (
            "https://gitlab.example.org/g/zoo/-/tree/main/cards/",
            "https://gitlab.example.org/g/zoo/-/blob/main/cards/a%20b.md#L7",
            "https://gitlab.example.org/g/zoo/-/issues/new?issue%5Btitle%5D=a&issue%5Bdescription%5D=b",
        ),
        (
            "https://huggingface.co/o/m/tree/main",
            "https://huggingface.co/o/m/blob/main/a%20b.md#L7",
            "https://huggingface.co/o/m/discussions/new?title=a&description=b",
        ),
        (
            "https://github.com/o/zoo.git",
            "https://github.com/o/zoo/blob/HEAD/a%20b.md#L7",
            "https://github.com/o/zoo/issues/new?title=a&body=b",
        ),
    ],
)
def test_lines_and_reports(url: str, line: str, report: str, tmp_path: Path) -> None:
    folder = repository(url, tmp_path)
    assert folder is not None
    assert (folder.line("a b.md", 7), folder.report("a", "b")) == (line, report)


def test_the_folder_of_the_cards_is_found_in_git() -> None:
    folder = repository("https://github.com/o/zoo", Path(__file__).parent)
    assert folder is not None
    assert folder.line("a.md", 1).endswith("/tests/unit/publish/a.md#L1")
    assert repository("", Path()) is None
