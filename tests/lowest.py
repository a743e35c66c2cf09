"""Print the lowest versions that pyproject.toml declares, as constraints for pip: `python tests/lowest.py > FILE`.

What constraints.in and tests/peers.txt pin keeps its version.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print one `name==version` a line."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = (ROOT / "constraints.in").read_text()
    requirements = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    peers = (ROOT / "tests" / "peers.txt").read_text()
    names = {line.partition("==")[0] for line in f"{pinned}{peers}".splitlines() if "==" in line}
    lowest = {}
    for requirement in requirements:
        found = re.match(r"([\w.-]+)(?:\[[\w,]+\])?\s*>=\s*([\w.]+)", requirement)
        if found and found[1] not in names:
            lowest[found[1]] = found[2]
    print(pinned + "\n".join(f"{name}=={version}" for name, version in sorted(lowest.items())))


if __name__ == "__main__":
    main()
