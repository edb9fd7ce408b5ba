"""The three dynamic providers that the engine calls.

The state of every stack contains a pickled reference to these classes, so this module's name and
their names must never change. The classes hold no state, and import what they need when they are
called, because the user's program imports this module too and needs neither httpx nor pydantic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi.dynamic import ResourceProvider

from .error_boundary import (
    describe_deployment,
    describe_listener,
    describe_rollout,
    error_boundary,
)

if TYPE_CHECKING:
    from pulumi.dynamic import (
        CheckResult,
        ConfigureRequest,
        CreateResult,
        DiffResult,
        ReadResult,
        UpdateResult,
    )

    from .properties import Properties

__all__ = ["DeploymentProvider", "ListenerProvider", "RolloutProvider"]


class _Provider(ResourceProvider):
    # The pickled class holds no setting and no key, so a plan need not hide it.
    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        from .session import session_for
        from .worker_pool import raise_workers

        raise_workers()
        self._session = session_for(req.config)


class DeploymentProvider(_Provider):
    """Creates, updates, reads and deletes deployments; it waits for no revision."""

    @error_boundary("checking", describe_deployment)
    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Validate the inputs and normalize them."""
        from . import deployments

        return deployments.check(self._session, _olds, news)

    @error_boundary("comparing", describe_deployment)
    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Compare the state with the inputs."""
        from . import deployments

        return deployments.diff(self._session, _id, _olds, _news)

    @error_boundary("creating", describe_deployment)
    def create(self, props: Properties) -> CreateResult:
        """Create or adopt the deployment."""
        from . import creation

        return creation.create(self._session, props)

    @error_boundary("reading", describe_deployment)
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Read the deployment, with its drift."""
        from . import deployments

        return deployments.read(self._session, id_, props)

    @error_boundary("changing", describe_deployment)
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Change the deployment."""
        from . import updates

        return updates.update(self._session, _id, _olds, _news)

    @error_boundary("deleting", describe_deployment)
    def delete(self, _id: str, _props: Properties) -> None:
        """Delete the deployment and wait until it is gone."""
        from . import deployments

        deployments.delete(self._session, _id, _props)


class RolloutProvider(_Provider):
    """Waits until a deployment's newest revision is deployed; it only repeats a failed revision."""

    @error_boundary("checking", describe_rollout)
    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Accept the inputs."""
        from . import rollouts

        return rollouts.check(self._session, _olds, news)

    @error_boundary("comparing", describe_rollout)
    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Return whether a rollout is due."""
        from . import rollouts

        return rollouts.diff(self._session, _id, _olds, _news)

    @error_boundary("waiting for", describe_rollout)
    def create(self, props: Properties) -> CreateResult:
        """Wait for the newest revision."""
        from . import rollouts

        return rollouts.create(self._session, props)

    @error_boundary("reading", describe_rollout)
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Read the active revision, with its drift."""
        from . import rollouts

        return rollouts.read(self._session, id_, props)

    @error_boundary("waiting for", describe_rollout)
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Wait for the newest revision."""
        from . import rollouts

        return rollouts.update(self._session, _id, _olds, _news)

    @error_boundary("deleting", describe_rollout)
    def delete(self, _id: str, _props: Properties) -> None:
        """Delete nothing; a rollout exists only in the state."""
        from . import rollouts

        rollouts.delete(self._session, _id, _props)


class ListenerProvider(_Provider):
    """Creates, updates, reads and deletes listeners."""

    @error_boundary("checking", describe_listener)
    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Validate the inputs."""
        from . import listeners

        return listeners.check(self._session, _olds, news)

    @error_boundary("comparing", describe_listener)
    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Compare the state with the inputs."""
        from . import listeners

        return listeners.diff(self._session, _id, _olds, _news)

    @error_boundary("creating", describe_listener)
    def create(self, props: Properties) -> CreateResult:
        """Create or adopt the listener."""
        from . import listeners

        return listeners.create(self._session, props)

    @error_boundary("reading", describe_listener)
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Read the listener, with its drift."""
        from . import listeners

        return listeners.read(self._session, id_, props)

    @error_boundary("changing", describe_listener)
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Change the listener."""
        from . import listeners

        return listeners.update(self._session, _id, _olds, _news)

    @error_boundary("deleting", describe_listener)
    def delete(self, _id: str, _props: Properties) -> None:
        """Delete the listener."""
        from . import listeners

        listeners.delete(self._session, _id, _props)
