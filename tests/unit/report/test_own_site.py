"""Addresses in reports are those that the site really has."""

from pathlib import Path

import yaml

from registry.publish.links import Links
from registry.publish.pages.reference import rule_page
from registry.report.output import HOME, rule_address

ROOT = Path(__file__).resolve().parents[3]


def test_a_rule_s_address_is_where_the_site_puts_its_page():
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(), yaml.BaseLoader)
    page = rule_page("MIR101")
    assert page is not None
    assert rule_address("MIR101") == HOME + Links(settings["use_directory_urls"] == "true").address(page)
