import shutil
import subprocess

import pytest

from registry.report.repair import patch, write_back
from registry.types import OutputError, Source


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\r\nb\r\n", "a\r\nB\r\n"),
        ("a\nb", "a\nB"),
        ("a\nb", "a\nb\n"),
        ("a\x0bb\u2028c\n", "a\x0bB\u2028c\n"),
        ("模型\n", "模型 x\n"),
    ],
)
def test_git_applies_it(tmp_path, before, after):
    source = Source(file="models/a.md", text=before)
    file = tmp_path / source.file
    file.parent.mkdir()
    file.write_bytes(before.encode())
    (tmp_path / "p.patch").write_bytes("".join(patch(source, after)).encode())
    subprocess.run(["git", "apply", "p.patch"], cwd=tmp_path, check=True)
    assert file.read_bytes() == after.encode()


def test_nothing_changed_is_no_patch():
    assert not list(patch(Source(file="a", text="x\n"), "x\n"))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_writes_back_in_the_encoding_that_it_had(tmp_path, mark):
    file = tmp_path / "a.md"
    file.write_bytes(mark + b"a\r\nb")
    file.chmod(0o640)
    write_back(Source(file="a.md", text="a\r\nb"), "a\r\nB", file)
    assert file.read_bytes() == mark + b"a\r\nB"
    assert file.stat().st_mode & 0o777 == 0o640


def test_follows_a_link(tmp_path):
    (tmp_path / "real.md").write_text("a")
    (tmp_path / "link.md").symlink_to("real.md")
    write_back(Source(file="link.md", text="a"), "b", tmp_path / "link.md")
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text() == "b"


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path):
    (tmp_path / "a.md").write_text("somebody was quicker")
    with pytest.raises(OutputError, match="changed while"):
        write_back(Source(file="a.md", text="a"), "b", tmp_path / "a.md")
    assert (tmp_path / "a.md").read_text() == "somebody was quicker"


def test_a_file_that_is_gone_is_an_error_and_no_traceback(tmp_path):
    with pytest.raises(OutputError, match="No such file"):
        write_back(Source(file="a.md", text="a"), "b", tmp_path / "a.md")
