"""What the store raises; light, so that the command line can name it without SQLAlchemy."""

from __future__ import annotations


class StoreError(Exception):
    """The database did not do what it was asked (full disk, read-only, corrupt, gone). Nothing was half written."""
