"""The Python page says what the code says."""

import inspect

import registry
from registry.publish.pydocs import documented


def test_every_function_is_there_and_says_what_its_parameters_are() -> None:
    functions = documented()[0][2]
    assert {function.name for function in functions} == {
        f"registry.{name}" for name in registry.__all__ if name[0] != "_"
    }
    for function in functions:
        parameters = set(inspect.signature(getattr(registry, function.name.partition(".")[2])).parameters)
        names = {name for section in function.sections if section.name == "Parameters" for name, _ in section.items}
        assert names in (parameters, set())
        assert function.text
        assert "Args:" not in function.text


def test_every_type_is_there_with_its_attributes() -> None:
    types = {item.name: item for item in documented()[1][2]}
    assert {"Claim", "Evidence", "Finding", "Index", "Model", "Quantity"} <= set(types)
    attributes = {name for section in types["Claim"].sections for name, _ in section.items}
    assert {"subject", "reported"} <= attributes
