from hypothesis import given
from hypothesis import strategies as st

from registry.types import Location, Source, child_path


@given(st.text(alphabet="ab\n\r\t😀", max_size=40), st.data())
def test_a_position_counts_lines_and_characters_from_one(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    before = text[:offset]
    line, column = Source(file="x", text=text).position(offset)
    assert line == before.count("\n") + 1
    assert column == len(before) - (before.rfind("\n") + 1) + 1


def test_a_line_comes_without_its_end_and_past_the_file_is_empty() -> None:
    source = Source(file="x", text="one\r\ntwo\nthree")
    assert [source.line(number) for number in range(5)] == ["", "one", "two", "three", ""]


def test_a_location_prints_as_editors_read_it() -> None:
    source = Source(file="card.md", text="a\nbcd\n")
    place = source.location(3, 5, "Models[0]")
    assert place == Location(file="card.md", line=2, column=2, end_line=2, end_column=4, path="Models[0]")
    assert str(place) == "card.md:2:2"


def test_paths_in_the_data() -> None:
    assert child_path(child_path(child_path("", "Models"), 3), "Results") == "Models[3].Results"
