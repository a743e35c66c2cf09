"""The libraries that the field takes its metrics by: imported where one is needed, and named in the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version

from registry.types import PredictionsError


@contextmanager
def scoring(package: str) -> Iterator[dict[str, str]]:
    """Take a metric by a package, and say by which version.

    Args:
        package: The distribution's name.

    Yields:
        The package's name and version.

    Raises:
        PredictionsError: It is not installed, or cannot take the metric of these predictions.
    """
    try:
        yield {"library": f"{package} {version(package)}"}
    except (PackageNotFoundError, ModuleNotFoundError) as error:
        raise PredictionsError(
            f"{package} is not installed: pip install 'model-index-registry[transformers]', or pip install {package}"
        ) from error
    except (ValueError, ZeroDivisionError) as error:
        raise PredictionsError(f"{package} cannot take the metric: {str(error)[:200]}") from error
