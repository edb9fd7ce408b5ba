"""All errors of the control plane's client.

::

    ControlPlaneError
    ├── SettingsError
    │   ├── SettingsMissing         there is no API key
    │   └── SettingsInvalid         a URL, a workspace id or a key is malformed
    ├── Unreachable                 nothing was sent
    ├── ResponseLost                sent without a complete response; may have been carried out
    ├── InvalidResponse             a success by its status, with another body than expected
    ├── APIStatusError              a response with an error status
    │   ├── Redirected              3xx
    │   ├── BadRequest              400, and every 4xx without a class of its own
    │   │   └── InvalidRequest      422
    │   ├── NotAuthenticated        401
    │   ├── Forbidden               403
    │   ├── NotFound                404
    │   │   ├── DeploymentNotFound  the control plane says that the deployment does not exist
    │   │   ├── RevisionNotFound    the deployment exists, the revision does not
    │   │   ├── ListenerNotFound    the control plane says that the listener does not exist
    │   │   └── RouteNotFound       the response is not the control plane's: a wrong URL, a proxy
    │   ├── Conflict                409
    │   ├── RateLimited             429
    │   └── ServerError             5xx, and 408 and 425
    ├── CreateOutcomeUnknown        a resource of that name exists, perhaps another user's
    └── WaitError
        ├── RolloutFailed           the newest revision failed
        ├── RolloutTimedOut         the rollout continues after the timeout
        ├── HealthCheckFailed       the revision is deployed, and its agent does not answer well
        ├── DeploymentGone          the deployment was deleted during the wait
        └── DeletionTimedOut        the deployment still exists after the timeout

``str()`` of an error says what was tried, what came back and what to do next. No text holds the
API key, and texts of the server have passed a ``Redactor``.
"""

# ruff: noqa: N818 - each name says what happened; the tree above shows that these are errors

from __future__ import annotations

from typing import ClassVar, Literal

ConflictKind = Literal["project_exists", "agent_environment", "revision_in_progress", "other"]
ForbiddenKind = Literal["key", "workspace", "product", "other"]

_AFTER_UNCERTAINTY = "Run `pulumi up` again: it sends the change once more unless it shows by then."
_IF_DELETED = "a deployment that is gone is no error"
_CHECK_ADDRESS = (
    "Something else than the control plane may answer at this address: check the setting "
    "langsmith:controlPlaneUrl (or LANGSMITH_ENDPOINT), then run"
)


class ControlPlaneError(Exception):
    """Base of all errors of this package."""

    next_step: ClassVar[str] = "Run the command again; nothing has to be undone."
    after: ClassVar[dict[str, str]] = {}
    """The next step by HTTP method, where it differs from ``next_step``."""

    def __init__(
        self,
        detail: str = "",
        *,
        request: str = "",
        status: int | None = None,
        request_id: str | None = None,
        advice: str = "",
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        """The response or the cause, shortened and without secrets."""
        self.request = request
        """Method and path, such as ``PATCH /v2/deployments/<id>``."""
        self.status = status
        """The status code; None without a response."""
        self.request_id = request_id
        """The server's id of the request; None if it gave none."""
        self.advice = advice
        """The next step in this case, instead of the one of the class; may have several lines."""
        self.attempts = 1
        """How often the request was sent."""
        self.host = ""
        """The host, where its address may be wrong."""
        self.verification_error: ControlPlaneError | None = None
        """The error of looking up whether the request was carried out."""
        self.uncertainty = ""
        """The reason why a look-up did not tell whether the request was carried out."""

    def __str__(self) -> str:
        """Return what was tried, what came back and what to do next."""
        method = self.request.partition(" ")[0]
        default = _AFTER_UNCERTAINTY if self.uncertainty else self.after.get(method, self.next_step)
        advice = self.advice or default
        return self.summary() + (advice if advice[:1] == "\n" else f" {advice}".rstrip())

    def summary(self) -> str:
        """Return what was tried and what came back."""
        text = _sentence(self._describe())
        if self.uncertainty:
            return (
                f"{text} Whether it was carried out cannot be told: {_sentence(self.uncertainty)}"
            )
        if self.verification_error is None:
            return text
        is_transient = isinstance(self.verification_error, TRANSIENT)
        why = self.verification_error.summary() if is_transient else str(self.verification_error)
        return f"{text} Whether it was carried out could not be seen: {why}"

    def _describe(self) -> str:
        return self.detail

    def _attempt(self) -> str:
        where = f" at {self.host}" if self.host else ""
        times = f" ({self.attempts} attempts)" if self.attempts > 1 else ""
        return f"{self.request or 'The request'}{where}{times}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


class SettingsError(ControlPlaneError):
    """The settings lack the API key, or one of them is malformed."""

    next_step = ""


class SettingsMissing(SettingsError):
    """There is no API key."""


class SettingsInvalid(SettingsError):
    """A setting is malformed."""


class Unreachable(ControlPlaneError):
    """No connection was made: refused, unknown host, TLS, or a timeout. Nothing was sent."""

    next_step = (
        "It changed nothing. Check the network and the setting langsmith:controlPlaneUrl "
        "(or LANGSMITH_ENDPOINT), then run again."
    )

    def _describe(self) -> str:
        return f"{self._attempt()} could not be sent: {self.detail}"


class ResponseLost(ControlPlaneError):
    """The request was sent without a complete response; it may have been carried out."""

    next_step = (
        "It may have been carried out all the same. Run `pulumi up --refresh`: it looks at what "
        "is there and does what is left."
    )
    after: ClassVar[dict[str, str]] = {
        "GET": "Reading changes nothing: run the same command again.",
        "DELETE": f"Run the same command again: {_IF_DELETED}.",
    }

    def _describe(self) -> str:
        return f"{self._attempt()} was sent, but its answer was lost: {self.detail}"


class InvalidResponse(ControlPlaneError):
    """The status is a success, but the body is no JSON or lacks required fields."""

    next_step = f"{_CHECK_ADDRESS} `pulumi up --refresh`."
    after: ClassVar[dict[str, str]] = {
        "GET": f"{_CHECK_ADDRESS} the same command again.",
        "DELETE": f"{_CHECK_ADDRESS} the same command again: {_IF_DELETED}.",
    }

    def _describe(self) -> str:
        status = f" {_format_status(self)}" if self.status else ""
        return f"{self._attempt()} was answered{status}, but {self.detail}"


class APIStatusError(ControlPlaneError):
    """A response with an error status."""

    def _describe(self) -> str:
        if self.status is None:
            return self.detail
        detail = f": {self.detail}" if self.detail else ""
        return f"{self._attempt()} was answered {_format_status(self)}{detail}"


def _format_status(error: ControlPlaneError) -> str:
    request_id = f" (request id {error.request_id})" if error.request_id else ""
    return f"{error.status}{request_id}"


class Redirected(APIStatusError):
    """A redirection, which is not followed because it would send the API key along."""

    next_step = (
        "Redirects are not followed, for the API key's sake. If the new address is right, make it "
        "the setting langsmith:controlPlaneUrl (or LANGSMITH_ENDPOINT)."
    )


class BadRequest(APIStatusError):
    """The control plane refuses the fields: they do not fit the source or each other."""

    next_step = "It changed nothing. Correct what the answer names in the program and run again."


class InvalidRequest(BadRequest):
    """The body, the path or the query is malformed; the response names the fields.

    Without a status nothing was sent, because an id is malformed.
    """


class NotAuthenticated(APIStatusError):
    """The API key is not accepted."""

    next_step = (
        "The API key is not accepted. Set a valid one with `pulumi config set --secret "
        "langsmith:apiKey`, or in LANGSMITH_API_KEY; keys belong to one region."
    )


class Forbidden(APIStatusError):
    """The API key lacks the permission, is not accepted, or may not use the workspace."""

    next_step = (
        "The API key may not do this. Use a key with permission for deployments in this workspace "
        "and region, and check the setting langsmith:workspaceId."
    )

    kind: ForbiddenKind = "other"
    """What is wrong, by the text of the response."""


class NotFound(APIStatusError):
    """The object that the request names does not exist."""

    next_step = "Check the id that the answer names."


class DeploymentNotFound(NotFound):
    """The control plane says that the deployment of the request does not exist.

    Only this 404 means that the deployment is gone.
    """

    next_step = (
        "The deployment was deleted outside of this program, or belongs to another workspace "
        "(langsmith:workspaceId). Run `pulumi refresh` to take it out of the state."
    )


class RevisionNotFound(NotFound):
    """The deployment exists, the revision does not."""

    next_step = "Run `pulumi up --refresh` to take up the newest revision."


class ListenerNotFound(NotFound):
    """The control plane says that the listener of the request does not exist.

    Only this 404 means that the listener is gone.
    """

    next_step = (
        "The listener was deleted outside of this program, or belongs to another workspace "
        "(langsmith:workspaceId). Run `pulumi refresh` to take it out of the state."
    )


class RouteNotFound(NotFound):
    """A 404 that is not about a deployment: a wrong base URL, or the page of a proxy."""

    next_step = (
        "This says nothing about the deployment: the address is probably not that of a control "
        "plane. Check the setting langsmith:controlPlaneUrl (or LANGSMITH_ENDPOINT); self-hosted "
        "ones end in /api-host."
    )


class Conflict(APIStatusError):
    """The name or the agent environment is taken, or a revision is in progress."""

    next_step = (
        "It changed nothing. Remove what is in the way, wait until it is gone, or choose another "
        "name."
    )

    def __init__(  # noqa: PLR0913 - those of the base class, and two more
        self,
        detail: str = "",
        *,
        kind: ConflictKind = "other",
        deployment_id: str | None = None,
        request: str = "",
        status: int | None = 409,
        request_id: str | None = None,
        advice: str = "",
    ) -> None:
        super().__init__(
            detail, request=request, status=status, request_id=request_id, advice=advice
        )
        self.kind: ConflictKind = kind
        """What the conflict is with."""
        self.deployment_id = deployment_id
        """The conflicting deployment; None if there is none or it was not found."""
        self.deployment_name = ""
        """Its name, if it was found."""
        self.is_being_deleted = False
        """True if it is being deleted, so that the conflict ends by itself."""


class RateLimited(APIStatusError):
    """Too many requests; ``retry_after`` is the delay in seconds that the server asks for."""

    retry_after: float | None = None
    next_step = "The control plane limits requests. Wait a minute and run again."


class ServerError(APIStatusError):
    """The control plane or a proxy failed; ``retry_after`` as in ``RateLimited``.

    408 and 425 are included: they are temporary too, and a proxy may answer 408 after it has passed
    the request on.
    """

    retry_after: float | None = None
    next_step = (
        "The control plane failed by itself, and may have carried the request out. Run "
        "`pulumi up --refresh` in a few minutes."
    )
    after: ClassVar[dict[str, str]] = {
        "GET": "The control plane failed by itself. Run the same command again in a few minutes.",
        "DELETE": "The control plane failed by itself, and may have carried the request out. Run "
        f"the same command again in a few minutes: {_IF_DELETED}.",
    }


class CreateOutcomeUnknown(ControlPlaneError):
    """A POST had no clear response, and the resource of that name may be another user's.

    ``resource_id`` is None if the look-up failed too.
    """

    def __init__(
        self,
        detail: str = "",
        *,
        resource_id: str | None = None,
        request: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(detail, request=request, advice=advice)
        self.resource_id = resource_id


class WaitError(ControlPlaneError):
    """A wait that failed or timed out."""


class RolloutFailed(WaitError):
    """The newest revision failed; the deployment itself exists."""

    log_excerpt: str = ""
    """The end of its log, on lines of its own; empty if there is none."""


class RolloutTimedOut(WaitError):
    """The rollout takes longer than the timeout; it continues by itself."""


class HealthCheckFailed(WaitError):
    """The revision is deployed, and its agent did not answer well in time."""


class DeploymentGone(WaitError):
    """The deployment was deleted during the wait for its rollout."""


class DeletionTimedOut(WaitError):
    """The deployment still exists at the end of the timeout of its deletion."""


GONE = (DeploymentNotFound, ListenerNotFound)
"""Errors that say that the resource of the request does not exist."""

AMBIGUOUS = (ResponseLost, InvalidResponse, ServerError)
"""Errors after which the request may or may not have been carried out."""

TRANSIENT = (Unreachable, RateLimited, *AMBIGUOUS)
"""Errors that may not occur at the next attempt."""
