"""Relative addresses, held to what a browser makes of them."""

from urllib.parse import urljoin

import pytest

from registry.publish.links import Links

PATHS = ["index.md", "compare.md", "models/index.md", "models/alexnet.md", "api/v1/models/a.json", "a/b/c.md"]


@pytest.mark.parametrize("directories", [True, False])
@pytest.mark.parametrize("source", [path for path in PATHS if path.endswith(".md")])
@pytest.mark.parametrize("target", PATHS)
def test_a_link_leads_where_it_should(source: str, target: str, directories: bool) -> None:
    links, root = Links(directories), "https://example.org/zoo/"
    here = root + links.address(source)
    assert urljoin(here, links.relative(source, f"{target}#x")) == root + links.address(target) + "#x"
    assert links.relative(source, "#y") == "#y"
