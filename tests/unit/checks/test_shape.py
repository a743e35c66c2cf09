"""The schemas, and the two validators that must agree on them."""

from __future__ import annotations

import copy
import datetime
import json
from pathlib import Path

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import registry
from registry.checks import schema_check
from registry.config import Config
from registry.dialects import DIALECTS
from registry.resources import resource
from registry.types import MapNode, SeqNode

SCHEMAS = sorted(resource("schemas").glob("*.schema.json"))


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_schemas_are_schemas_with_an_id_of_their_own(file):
    schema = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(f"/schemas/v1/{file.name}")
    assert schema["title"]


def test_every_dialect_has_a_schema():
    assert set(schema_check.PARTS) == set(DIALECTS)


def test_the_two_dialects_of_one_format_define_alike_what_they_share():
    one, other = schema_check.schema("model-index")["$defs"], schema_check.schema("metafile")["$defs"]
    for name in ("text", "paper", "weights", "metric", "metrics", "named"):
        assert one[name] == other[name], name
    shared = set(one["metadata"]["properties"]) ^ set(other["metadata"]["properties"])
    assert shared == set()


def test_the_configurations_schema_has_the_keys_of_the_configuration():
    keys = {name.replace("_", "-") for name in Config.__dataclass_fields__} - {"file"}
    assert {name.replace("_", "-") for name in schema_check.schema("config")["properties"]} == keys


JUDGES = {dialect: jsonschema.Draft202012Validator(schema_check.schema(dialect)) for dialect in schema_check.PARTS}
FAST = {dialect: jsonschema_rs.Draft202012Validator(schema_check.schema(dialect)) for dialect in schema_check.PARTS}


def agree(tree: object, dialect: str) -> bool:
    judged = JUDGES[dialect].is_valid(tree)
    try:
        fast = FAST[dialect].is_valid(tree)
    except ValueError:
        return not judged
    return judged == fast


def test_they_agree_on_the_corpora(corpora: Path):
    index = registry.load(corpora)
    trees = [(document.root, card.dialect) for card in index.cards for document in card.documents]
    assert len(trees) > 140
    assert all(agree(tree, dialect) for tree, dialect in trees)


def test_they_agree_on_the_test_cards():
    cases = Path(__file__).resolve().parents[2] / "cards"
    index = registry.load([cases / "bad", cases / "good"])
    trees = [(document.root, card.dialect) for card in index.cards for document in card.documents if document.root]
    assert len(trees) > 12
    assert all(agree(tree, dialect) for tree, dialect in trees)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = {
    dialect: sorted(
        {
            key
            for part in ({"": schema_check.schema(dialect)} | schema_check.schema(dialect)["$defs"]).values()
            for key in part.get("properties", {})
        }
    )
    for dialect in schema_check.PARTS
}


@st.composite
def trees(draw: st.DrawFn) -> tuple[object, str]:
    """Trees of the schema's own keys with values of every kind."""
    dialect = draw(st.sampled_from(sorted(schema_check.PARTS)))

    def tree(depth: int) -> object:
        kind = draw(st.integers(0, 3)) if depth else 0
        if kind == 0:
            return draw(VALUES)
        if kind == 1:
            return [tree(depth - 1) for _ in range(draw(st.integers(0, 2)))]
        keys = draw(st.lists(st.sampled_from(KEYS[dialect]), max_size=4, unique=True))
        return {key: tree(depth - 1) for key in keys}

    return tree(4), dialect


@settings(max_examples=200, deadline=None)
@given(trees())
def test_they_agree_on_anything(case):
    assert agree(*case)


def test_a_date_is_judged_by_the_slow_validator(index_of):
    text = "Models:\n- Name: a\n  In Collection: 2021-05-28\n"
    root = index_of(text).cards[0].documents[0].root
    assert isinstance(root["Models"][0]["In Collection"], datetime.date)
    errors = list(schema_check.shape_errors(root, "model-index"))
    assert [error.path for error in errors] == [("Models", 0, "In Collection")]


@pytest.mark.parametrize("fast", [True, False])
def test_errors_are_the_same_with_and_without_the_fast_validator(fast, index_of, monkeypatch):
    if not fast:
        monkeypatch.setattr(schema_check, "_fast", lambda dialect, definition: None)
    text = "models:\n- name: 3\n- Name: good\n- Metadata: []\n- Name: x\n  results: [{task: a}]\nCollections: 7\n"
    root = index_of(text).cards[0].documents[0].root
    errors = [(error.path, error.keyword) for error in schema_check.shape_errors(root, "model-index")]
    assert errors == [
        (("Models", 0, "Name"), "type"),
        (("Models", 2), "required"),
        (("Models", 3, "Results", 0), "required"),
        (("Models", 3, "Results", 0), "required"),
        (("Collections",), "type"),
    ]


def test_judging_changes_no_tree(index_of):
    root = index_of("models:\n- NAME: a\n").cards[0].documents[0].root
    before = copy.deepcopy(json.dumps(root))
    assert list(schema_check.shape_errors(root, "model-index")) == []
    assert json.dumps(root) == before
    assert isinstance(root, MapNode)
    assert isinstance(root["models"], SeqNode)


METADATA = schema_check.schema("model-index")["$defs"]["metadata"]["properties"]


@pytest.mark.parametrize("key", [key for key, value in METADATA.items() if "exclusiveMinimum" in value])
def test_what_the_schema_leaves_to_a_rule_is_found_by_it(key, check_text):
    findings = check_text(f"Models:\n- Name: a\n  Metadata:\n    {key}: 0\n")
    assert [finding.rule for finding in findings] == ["MIR202"]


@pytest.mark.parametrize("name", ["''", "'  '", '"\\t"'])
def test_a_name_of_spaces_is_none(name, check_text):
    assert [(finding.rule, finding.message) for finding in check_text(f"Models:\n- Name: {name}\n")] == [
        ("MIR101", "Models[0].Name is empty")
    ]
