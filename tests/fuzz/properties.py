"""Every property that is fuzzed, by name: what it is given, and what must hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from . import expressions, loading, pickles, quantities, reading


class Property(NamedTuple):
    """What must hold of every case; cases are plain JSON data, so that they can be kept."""

    cases: st.SearchStrategy[Any]
    holds: Callable[[Any], None]


PROPERTIES = {
    check.holds.__name__: check
    for check in (
        Property(reading.mutated() | reading.SOUP, reading.yaml_reads_as_with_the_safe_loader_or_says_why_not),
        Property(reading.mutated(reading.JSON_CARDS), reading.json_reads_as_with_the_standard_library_or_says_why_not),
        Property(reading.mutated(reading.MARKDOWN_CARDS), reading.markdown_is_read_without_a_fault),
        Property(
            st.binary(max_size=200).map(lambda data: data.decode("latin-1")), reading.any_bytes_are_read_without_a_fault
        ),
        Property(reading.TREES, reading.a_tree_is_read_back_as_it_was_written),
        Property(quantities.ANY, quantities.any_text_is_a_quantity_or_a_sentence),
        Property(quantities.printed(), quantities.a_printed_number_is_read_to_its_last_digit),
        Property(loading.FILES, loading.files_that_refer_to_each_other_end_in_findings),
        Property(loading.ZOOS, loading.a_zoo_with_links_and_configurations_ends_in_findings),
        Property(pickles.CASES, pickles.a_pickle_is_read_or_refused_and_asks_for_little),
        Property(expressions.ANY, expressions.any_text_is_an_expression_or_a_sentence),
        Property(expressions.TREES, expressions.an_expression_is_read_back_as_it_was_written),
    )
}
