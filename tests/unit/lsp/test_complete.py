"""What is offered at a place of a card that is being written."""

import pytest

from registry.lsp.complete import complete
from registry.vocabulary import Vocabulary


def offered(text: str, *, json_text: bool = False) -> set[str]:
    """The completions at the `|` of a text."""
    before, _, after = text.partition("|")
    line = before.count("\n")
    column = len(before.rpartition("\n")[2])
    return {item.text for item in complete(before + after, line, column, Vocabulary.load(), json_text=json_text)}


@pytest.mark.parametrize(
    ("text", "expected", "unexpected"),
    [
        ("Mod|", "Models: ", "Weights: "),
        ("Models:\n- Name: a\n  |", "Weights: ", "Models: "),
        ("Models:\n  - Name: a\n    |", "Weights: ", "Models: "),
        ("Models:\n- Name: a\n  Metadata:\n    FL|", "FLOPs: ", "Weights: "),
        ("Models:\n- Name: a\n  Metadata:\n    FLOPs: 3\n  |", "Results: ", "FLOPs: "),
        ("Models:\n- Name: a\n  Results:\n  - Task: |", "Image Classification", "ImageNet"),
        ("Models:\n- Name: a\n  Results:\n  - Task: x\n    Dataset: Im|", "ImageNet", "Image Classification"),
        ("Models:\n- Name: a\n  Results:\n  - Task: x\n    Metrics:\n      |", "Top 1 Accuracy: ", "Dataset: "),
        ("---\nlicense: |\n---\n", "apache-2.0", "ImageNet"),
        ("---\nlic|\n---\n", "license: ", "Models: "),
        ("---\nmodel-index:\n- name: a\n  results:\n  - task:\n      type: |\n---\n", "image-classification", "mit"),
        ("---\nlibrary_name: |\n---\n", "transformers", "mit"),
        ("Models:\n- {Name: a, Metadata: {FLOPs: 3, |}}\n", "Parameters: ", "Weights: "),
        ("Models:\n- Name: a\n  Metadata: {Training Data: |}\n", "ImageNet", "FLOPs: "),
        ("Models:\n- Name: a\n  Metadata:\n    Training Data:\n    - |", "ImageNet", "FLOPs: "),
    ],
)
def test_offers_what_can_stand_there(text, expected, unexpected):
    names = offered(text)
    assert expected in names
    assert unexpected not in names


def test_offers_nothing_for_a_value_of_which_nothing_is_known():
    assert offered("Models:\n- Name: a\n  Code: |") == set()


@pytest.mark.parametrize(
    ("text", "expected", "unexpected"),
    [
        ('{"Models": [{"Name": "a", "Metadata": {|"FLOPs": 3}}]}', '"Parameters": ', '"Weights": '),
        ('{"Models": [{"Name": "a", "Metadata": {"FLOPs": 3, "Pa|"}}]}', "Parameters", '"Parameters": '),
        ('{\n  "Models": [\n    {\n      "Name": "a",\n      |', '"Weights": ', '"Models": '),
        ('{\n  "Models": [\n    {\n      "Results": [{"Task": |', '"Image Classification"', '"ImageNet"'),
        ('{\n  "Models": [\n    {\n      "Results": [{"Dataset": "Im|"', "ImageNet", '"ImageNet"'),
        ('{"Models": [{"Metadata": {"Training Data": [|', '"ImageNet"', '"FLOPs": '),
        ('{"Models": [{"Name": "} {[", |', '"Weights": ', '"Models": '),
    ],
)
def test_json_is_completed_in_quotes(text, expected, unexpected):
    names = offered(text, json_text=True)
    assert expected in names
    assert unexpected not in names
