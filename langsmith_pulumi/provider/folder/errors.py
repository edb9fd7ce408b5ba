"""The error of a folder that cannot be packed."""

from __future__ import annotations


class FolderError(Exception):
    """A folder cannot be packed; the text follows the name of the field, without a full stop."""
