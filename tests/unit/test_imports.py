import subprocess
import sys

HEAVY = ("fsspec", "torch", "torchvision", "jinja2", "mkdocs", "jsonschema", "rich", "numpy")


def test_the_command_line_starts_without_what_its_commands_need() -> None:
    code = f"import registry.cli, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert run.stdout == "[]\n"
