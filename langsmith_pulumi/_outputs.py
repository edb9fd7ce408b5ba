"""The outputs of a deployment that its rollout brings: its status and its URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.output import Unknown

from .provider.properties import url_of

if TYPE_CHECKING:
    from .rollout import Rollout


def status_of(own: pulumi.Output[str], rollout: Rollout) -> pulumi.Output[str]:
    """Return the rollout's status, which is newer than the deployment's own."""
    seen: pulumi.Output[Any] = rollout.__dict__["status"]
    return seen.apply(
        lambda status: own if status is None or isinstance(status, Unknown) else status,
        run_with_unknowns=True,
    )


def may_name_url(source_config: Any) -> bool:
    """Return True if the program may give the URL, judged before outputs are known."""
    if source_config is None or isinstance(source_config, pulumi.Output):
        return source_config is not None
    if isinstance(source_config, Mapping):
        return source_config.get("custom_url") is not None
    return getattr(source_config, "custom_url", None) is not None


def custom_url_of(source_config: Any) -> Any:
    """Return the URL that the program gives, None if there is none, or unknown."""
    if isinstance(source_config, Mapping):
        return source_config.get("custom_url")
    return source_config if isinstance(source_config, Unknown) else None


def url_output(
    config: pulumi.Output[Mapping[str, Any]],
    rollout: Rollout,
    custom_url: pulumi.Output[str | None] | None,
) -> pulumi.Output[str]:
    """Return the URL of the agent, from the program or else from the rollout.

    A preview does not know the outputs of a rollout that is due. The URL does not change with a
    revision, so it is taken from the rollout's id then.
    """

    def served(url: Any) -> Any:
        if isinstance(url, Unknown):
            return rollout.id.apply(lambda own_id: url_of(own_id) or rollout.url)
        return url or rollout.id.apply(url_of)

    def chosen(config: Any) -> Any:
        url = custom_url_of(config)
        if isinstance(url, Unknown):
            return custom_url
        return url or rollout.url.apply(served, run_with_unknowns=True)

    if custom_url is None:
        return rollout.url.apply(served, run_with_unknowns=True)
    return rollout.url.apply(
        lambda _url: config.apply(chosen, run_with_unknowns=True), run_with_unknowns=True
    )
