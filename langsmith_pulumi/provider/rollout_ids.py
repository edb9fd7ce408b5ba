"""The ids of rollouts: the deployment's id, and the URL where the service has given one.

In the preview of an update the engine knows a resource's id and none of its outputs. A deployment's
URL does not change with a revision, so a preview takes it from the id of the rollout. A replacement
makes a new rollout, whose id, and so the URL, is unknown until ``up``.
"""

from __future__ import annotations

import re

_SEPARATOR = "|"
_URL = re.compile(r"https?://[!-~]+")


def rollout_id(deployment_id: str, url: str | None) -> str:
    """Return the id of the rollout of a deployment that is served at ``url``, if that is known."""
    if url is None or not _URL.fullmatch(url):
        return deployment_id
    return f"{deployment_id}{_SEPARATOR}{url}"


def deployment_id_in(rollout_id: str) -> str:
    """Return the deployment's id; rollouts of former versions have no other part."""
    return rollout_id.partition(_SEPARATOR)[0]


def url_in(rollout_id: str) -> str | None:
    """Return the URL that the service gave, or None."""
    return rollout_id.partition(_SEPARATOR)[2] or None
