"""Makes `hub_lists.toml`, what the Hugging Face Hub and ISO 639 list, anew: `python -m registry.vocabulary.renew_hub`.

It needs npm and node for the package @huggingface/tasks, pycountry for the languages, and a file with what the Hub
answers to a licence that it refuses: that answer names every licence, and no package does.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).with_name("hub_lists.toml")

_ASK = """
const tasks = require("./dist/commonjs/index.js");
const metrics = Object.values(tasks.TASKS_DATA).flatMap((each) => each?.metrics.map((metric) => metric.id) ?? []);
console.log(JSON.stringify({
  version: require("./package.json").version,
  tasks: tasks.PIPELINE_TYPES,
  subtasks: tasks.SUBTASK_TYPES,
  libraries: tasks.ALL_MODEL_LIBRARY_KEYS,
  frameworks: Object.keys(tasks.EVALUATION_FRAMEWORKS),
  metrics,
}));
"""


def from_npm(package: str = "@huggingface/tasks") -> dict[str, Any]:
    """What the newest version of the Hub's own package lists."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True)  # noqa: S603, S607 - npm as the user has it
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
        process = subprocess.run(["node", "-e", _ASK], cwd=folder / "package", check=True, capture_output=True)  # noqa: S603, S607 - the same
        identifiers: dict[str, Any] = json.loads(process.stdout)
        return identifiers


def licences(answer: str) -> list[str]:
    """The licences that the Hub's answer names.

    >>> licences('- "license" must be one of [apache-2.0, mit, other, array]')
    ['apache-2.0', 'mit', 'other']
    """
    match = re.search(r"must be one of \[([^\]]+)\]", answer)
    if match is None:
        raise ValueError('the answer does not say that "license" must be one of a list')
    return [name.strip() for name in match[1].split(",") if name.strip() != "array"]


def languages() -> dict[str, Any]:
    """ISO 639 by pycountry: the codes of parts 1, 3 and 5, and which language each name and long code means."""
    import pycountry

    short = {language.alpha_3: language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2")}
    names: dict[str, str] = {}
    for language in pycountry.languages:
        code = short.get(language.alpha_3, language.alpha_3)
        for key in ("name", "common_name"):
            name = getattr(language, key, "")
            # Names of small languages are also words for other things; a name is a repair only where nobody doubts it.
            if name and language.alpha_3 in short:
                names[name.partition("(")[0].rstrip().casefold()] = code
    codes = {
        *short.values(),
        *(language.alpha_3 for language in pycountry.languages),
        *(language.bibliographic for language in pycountry.languages if hasattr(language, "bibliographic")),
        *(family.alpha_3 for family in pycountry.language_families),
    }
    return {"version": _version("pycountry"), "codes": sorted(codes), "names": dict(sorted(names.items()))}


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def main(arguments: list[str]) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answer", type=Path, help="file with the Hub's answer to a refused licence")
    parser.add_argument("--answered", required=True, help="when, and where it can be read")
    options = parser.parse_args(arguments)
    hub, iso = from_npm(), languages()
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    packaged = f"npm @huggingface/tasks {hub['version']}, {today}"
    lines = ["# Made by `python -m registry.vocabulary.renew_hub`; do not edit.\n"]
    lines += _table("tasks", packaged, hub["tasks"])
    lines += _table("subtasks", packaged, hub["subtasks"])
    lines += _table("libraries", packaged, hub["libraries"])
    lines += _table("frameworks", packaged, hub["frameworks"])
    lines += _table("metrics", packaged, (name for name in hub["metrics"] if re.fullmatch(r"[a-z][a-z0-9_-]*", name)))
    lines += _table("licenses", options.answered, licences(options.answer.read_text(encoding="utf-8")))
    source = f"PyPI pycountry {iso['version']}, {today}"
    lines += [*_table("languages", source, iso["codes"]), "[languages.names]\n", *_names(iso["names"])]
    OUTPUT.write_text("".join(lines), encoding="utf-8")


def _table(name: str, source: str, ids: Iterable[str]) -> list[str]:
    """A table with its source, and the ids in one text: a list with a line for each would be read ten times slower."""
    return [f"[{name}]\n", f"source = {json.dumps(source)}\n", f'ids = """{_wrapped(dict.fromkeys(ids))}"""\n\n']


def _wrapped(ids: Iterable[str], width: int = 110) -> str:
    lines, line = [], ""
    for name in ids:
        if len(line) + len(name) >= width:
            lines.append(line)
            line = ""
        line = f"{line} {name}" if line else name
    return "\n".join((*lines, line))


def _names(names: Mapping[str, str]) -> list[str]:
    return [f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(code)}\n" for name, code in names.items()]


if __name__ == "__main__":
    main(sys.argv[1:])
