"""Serve a site on this machine, and build it again when something it is made from changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from registry.types import OutputError


def serve(
    site: Path, rebuild: Callable[[], None], watched: Sequence[Path], port: int, ready: Callable[[str], None]
) -> None:
    """Serve until interrupted. Pages that are open load themselves again after a build.

    Args:
        site: Folder of the site, built already.
        rebuild: Builds it again.
        watched: Files and folders whose change asks for that.
        port: Port on this machine; 0 for a free one.
        ready: Called with the address once it answers.

    Raises:
        OutputError: The port is taken.
    """
    from mkdocs.livereload import LiveReloadServer

    logging.getLogger("mkdocs.livereload").setLevel(logging.ERROR)
    server = LiveReloadServer(rebuild, "127.0.0.1", port, str(site))
    server.error_handler = partial(_error_page, site)
    for path in watched:
        server.watch(str(path))
    try:
        # MkDocs' own server takes its port when it begins to serve, and is then gone until the end.
        server.server_bind()
        server.server_activate()
        server.server_bind = server.server_activate = lambda: None  # type: ignore[method-assign]
        ready(f"http://127.0.0.1:{server.server_port}/")
        server.serve()
    except OSError as error:
        raise OutputError(f"port {port} cannot be listened on: {error.strerror}") from error
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()


def _error_page(site: Path, code: int) -> bytes | None:
    """What is shown where there is no page: the site's own words, as its hosts show them."""
    page = site / f"{code}.html"
    return page.read_bytes() if page.is_file() else None
