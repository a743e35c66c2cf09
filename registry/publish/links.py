"""Addresses inside the site, always relative, so that it works below any address and from a folder."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """How pages are addressed.

    Attributes:
        directories: True where `models/alexnet.md` is served as `models/alexnet/` (MkDocs' `use_directory_urls`),
            False where it is `models/alexnet.html`, which can also be opened without a server.
    """

    directories: bool = False

    def address(self, path: str) -> str:
        """The address of a page or file from the site's root.

        >>> Links().address("models/alexnet.md"), Links(True).address("models/alexnet.md")
        ('models/alexnet.html', 'models/alexnet/')
        """
        path, mark, anchor = path.partition("#")
        if path.endswith(".md"):
            stem = path[:-3]
            if not self.directories:
                path = stem + ".html"
            elif posixpath.basename(stem) == "index":
                path = stem[: -len("index")]
            else:
                path = stem + "/"
        return path + mark + anchor

    def relative(self, source: str, target: str) -> str:
        """The address of `target` as a link on the page `source`; both are paths from the site's root.

        It always goes by way of the root, which is as right as the shortest way and much quicker to say.

        >>> Links().relative("models/alexnet.md", "papers/index.md")
        '../papers/index.html'
        """
        if target.startswith("#"):
            return target
        return ("../" * self.address(source).count("/") + self.address(target)) or "./"
