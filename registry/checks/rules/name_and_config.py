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
from typing import NamedTuple

from registry.checks.card_view import CardView
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.numbers import counted
from registry.types import Location

_LEAST = 10
"""Models that show how an index names them."""

_OF = 3
"""Of so many models at most one is named otherwise."""


class _Configured(NamedTuple):
    """A model's name, the name of its configuration's file without its ending, and where that stands."""

    name: str
    config: str
    place: Location

    @property
    def plain(self) -> str:
        """The model's name; that it has a file's ending is another rule's to say."""
        return self.name.removesuffix(".py")


def configured_of(view: CardView) -> list[_Configured]:
    """The models of a card that name a configuration of their own."""
    models = []
    for model in view.card.models:
        config = model.fields.get("Config")
        if config is not None and not config.inherited and isinstance(config.value, str) and model.name:
            models.append(_Configured(model.name, stem(config.value), config.location))
    return models


@rule("MIR508", "name-and-config", "warning", "index", facts=(configured_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    zoos: dict[str, list[_Configured]] = defaultdict(list)
    for card, card_models in whole.facts(configured_of):
        zoos[whole.zoo(card)] += card_models
    for models in zoos.values():
        other = [model for model in models if model.config != model.plain]
        if len(models) < _LEAST or len(other) * _OF > len(models):
            continue
        names = {model.plain for model in models}
        users = Counter(model.config for model in models)
        files: dict[tuple[str, bool], list[_Configured]] = defaultdict(list)
        for model in other:
            # Several models may share a configuration, and be called after what else they differ in.
            alone = users[model.config] == 1 and model.config not in names and _is_renamed(model.name, model.config)
            files[model.place[0], alone].append(model)
        for (_, alone), (first, *more) in files.items():
            also = f", and so are {counted(len(more), 'more model')} of the file" if more else ""
            yield Problem(
                f"{short(first.name)} is not named after its configuration {short(first.config)}{also}",
                first.place,
                "mim finds a model by its name, and finds none by the name of this configuration." if alone else "",
                related=tuple(model.place for model in more),
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
