"""A name that is not its configuration's.

What:
    In an index where at least two of three models are named after their configuration's file, one is not. It is said
    once for each file of metadata, and is a remark where several models share the configuration, another is named after
    it, or the name only says more than the file's.

Why:
    Tools of such a zoo find the configuration by the name, and the name by the configuration.

Bad:
    Models:
    - {Name: a1_1x, Config: https://example.org/a1_1x.py}
    - {Name: a2_1x, Config: https://example.org/a2_1x.py}
    - {Name: a3_1x, Config: https://example.org/a3_1x.py}
    - {Name: a4_1x, Config: https://example.org/a4_1x.py}
    - {Name: a5_1x, Config: https://example.org/a5_1x.py}
    - {Name: a6_1x, Config: https://example.org/a6_1x.py}
    - {Name: a7_1x, Config: https://example.org/a7_1x.py}
    - {Name: a8_1x, Config: https://example.org/a8_1x.py}
    - {Name: a9_1x, Config: https://example.org/a9_1x.py}
    - {Name: b1_1x, Config: https://example.org/b1-1x.py}

Good:
    Models:
    - {Name: a1_1x, Config: https://example.org/a1_1x.py}
    - {Name: b1_1x, Config: https://example.org/b1_1x.py}
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.message_text import plural, short
from registry.checks.rule import Problem, rule

_LEAST = 10
"""Models that show how an index names them."""

_OF = 3
"""Of so many models at most one is named otherwise."""


@rule("MIR508", "name-and-config", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    zoos: dict[str, list[tuple[Entry, bool]]] = defaultdict(list)
    for entry in context.models:
        config = entry.owner.fields.get("Config")
        if config is not None and not config.inherited and isinstance(config.value, str) and entry.owner.name:
            # That a name has a file's ending is another rule's to say.
            name = entry.owner.name.removesuffix(".py")
            zoos[context.zoo(entry.card)].append((entry, stem(config.value) == name))
    for entries in zoos.values():
        other = [entry for entry, same in entries if not same]
        if len(entries) < _LEAST or len(other) * _OF > len(entries):
            continue
        names = {entry.owner.name.removesuffix(".py") for entry, _ in entries}
        users = Counter(stem(str(entry.owner.fields["Config"].value)) for entry, _ in entries)
        files: dict[tuple[str, bool], list[Entry]] = defaultdict(list)
        for entry in other:
            file = stem(str(entry.owner.fields["Config"].value))
            # Several models may share a configuration, and be called after what else they differ in.
            alone = users[file] == 1 and file not in names and _is_renamed(entry.owner.name, file)
            files[entry.owner.file, alone].append(entry)
        for (_, alone), (first, *more) in files.items():
            config = first.owner.fields["Config"]
            also = f", and so are {plural(len(more), 'more model')} of the file" if more else ""
            yield Problem(
                f"{short(first.owner.name)} is not named after its configuration {short(stem(config.value))}{also}",
                config.location,
                "mim and its like find a model by its name, and none by that of this configuration." if alone else "",
                related=tuple(entry.owner.fields["Config"].location for entry in more),
                severity=None if alone else "info",
            )


def _is_renamed(name: str, config: str) -> bool:
    """Whether the two were one name once: they share most words, and neither only says more than the other."""
    one, other = ({word for word in re.split(r"[-_.]+", text.casefold()) if word} for text in (name, config))
    both = one & other
    return 2 * len(both) >= max(len(one), len(other)) and both not in (one, other) and "3rdparty" not in one


def stem(path: str) -> str:
    """The name of a file without folders and ending.

    >>> stem("configs/ssd/ssd512_coco.py")
    'ssd512_coco'
    """
    return path.rpartition("/")[2].rpartition(".")[0] or path.rpartition("/")[2]
