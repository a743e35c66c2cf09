import os

from registry.report.repair import repair
from registry.types import Edit, Finding, Fix, Index, Location, Source


def letters(contents):
    """A check of one file that wants every `a` to be a `b`, and every `b` a `c`, one letter at a time."""
    text = contents[os.path.realpath("x.yml")].decode()
    index = Index(root="/", sources={"x.yml": Source(file="x.yml", text=text)})
    at = next((place for place, letter in enumerate(text) if letter in "ab"), None)
    if at is None:
        return index, []
    edit = Edit(file="x.yml", start=at, end=at + 1, text=chr(ord(text[at]) + 1))
    fix = Fix(description="the next letter", edits=(edit,))
    finding = Finding(rule="MIR101", severity="error", message="m", location=Location(file="x.yml"), fix=fix)
    return index, [finding]


def test_goes_on_until_nothing_is_left_and_tells_the_change_from_the_start():
    contents = {os.path.realpath("x.yml"): b"xa"}
    repaired = repair(*letters(contents), contents, letters)
    assert repaired.findings == []
    ((source, text),) = repaired.changes
    assert (source.text, text) == ("xa", "xc")
    assert contents == {os.path.realpath("x.yml"): b"xa"}


def test_ends_where_repairs_would_not():
    contents = {os.path.realpath("x.yml"): b"aaaaaaaaaaaaaaaaaaaa"}
    repaired = repair(*letters(contents), contents, letters)
    assert repaired.findings


def test_nothing_to_repair_changes_nothing():
    contents = {os.path.realpath("x.yml"): b"xyz"}
    assert repair(*letters(contents), contents, letters).changes == ()
