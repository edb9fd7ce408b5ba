"""What the engine calls: the two dynamic providers.

The state of every stack holds a pickled reference to these classes: this module's name and their
names must never change. The classes hold no state, and import what they need when called, because
the user's program imports this module too, and needs neither an HTTP client nor a validator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.dynamic import ResourceProvider

if TYPE_CHECKING:
    from pulumi.dynamic import (
        CheckResult,
        ConfigureRequest,
        CreateResult,
        DiffResult,
        ReadResult,
        UpdateResult,
    )

    from .bags import Bag

__all__ = ["DeploymentProvider", "RolloutProvider"]


class _Provider(ResourceProvider):
    """Hands each call of the engine to the module that does the work, in one session."""

    # The pickled class holds no setting and no key, so a plan need not hide it.
    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        from .session import session_for
        from .worker_pool import raise_workers

        raise_workers()
        self._session = session_for(req.config)

    def _call(self, operation: str, *args: Any) -> Any:
        from .door import call

        return call(self._resource, operation, self._session, *args)

    _resource: str

    def check(self, _olds: Bag, news: Bag) -> CheckResult:
        return self._call("check", _olds, news)  # type: ignore[no-any-return]

    def diff(self, _id: str, _olds: Bag, _news: Bag) -> DiffResult:
        return self._call("diff", _id, _olds, _news)  # type: ignore[no-any-return]

    def create(self, props: Bag) -> CreateResult:
        return self._call("create", props)  # type: ignore[no-any-return]

    def read(self, id_: str, props: Bag) -> ReadResult:
        return self._call("read", id_, props)  # type: ignore[no-any-return]

    def update(self, _id: str, _olds: Bag, _news: Bag) -> UpdateResult:
        return self._call("update", _id, _olds, _news)  # type: ignore[no-any-return]

    def delete(self, _id: str, _props: Bag) -> None:
        self._call("delete", _id, _props)


class DeploymentProvider(_Provider):
    """Makes, changes, reads and deletes deployments; waits for no revision."""

    _resource = "deployments"


class RolloutProvider(_Provider):
    """Waits until a deployment's newest revision serves; makes one only to retry a failed one."""

    _resource = "rollouts"
