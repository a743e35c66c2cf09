"""Folders on this machine and folders in an object store, behind a few methods."""

from __future__ import annotations

from pathlib import Path

from registry.storage.folder import Folder
from registry.storage.local_folder import LocalFolder
from registry.storage.url import Place, StoreUrl, place

__all__ = ["Folder", "Place", "StoreUrl", "open_folder", "place"]


def open_folder(where: Place) -> Folder:
    """The folder at a place; it need not exist, and nothing is asked of it yet.

    Raises:
        UsageError: It is a URL, and the package for its kind is not installed.
    """
    if isinstance(where, Path):
        return LocalFolder(where)
    from registry.storage.remote import RemoteFolder  # fsspec is an extra, and a local folder never pays for it

    return RemoteFolder(where)
