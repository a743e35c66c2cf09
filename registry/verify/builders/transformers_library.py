"""The library transformers, imported only where a model needs it."""

from __future__ import annotations

import os
from functools import cache
from types import ModuleType

from registry.types import BuildError
from registry.verify.torchvision_ops import import_torchvision

NAME = "transformers"


@cache
def library() -> ModuleType:
    """The library; torchvision's operators are declared first, because it imports torchvision where that is installed.

    Raises:
        BuildError: It is not installed.
    """
    import_torchvision()
    # Texts are cut into tokens where they are read, perhaps in a process forked after another had threads.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import transformers
    except ModuleNotFoundError as error:
        raise BuildError(f"{NAME} is not installed: pip install 'model-index-registry[transformers]'") from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers
