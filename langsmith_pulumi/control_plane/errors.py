"""Everything that can go wrong between us and the control plane.

::

    ControlPlaneError
    ├── SettingsError
    │   ├── SettingsMissing        no API key
    │   └── SettingsInvalid        a URL, a workspace or a key that cannot be meant
    ├── Unreachable                nothing was sent
    ├── AnswerLost                 sent, but no whole answer came: may have been carried out
    ├── AnswerUnreadable           success by its status, but not what was asked for
    ├── Answered                   an answer that is no success
    │   ├── Redirected             3xx
    │   ├── BadRequest             400, and every 4xx without a class of its own
    │   │   └── InvalidRequest     422
    │   ├── NotAuthenticated       401
    │   ├── Forbidden              403
    │   ├── Missing                404
    │   │   ├── DeploymentMissing  the control plane says that this deployment is gone
    │   │   ├── RevisionMissing    the deployment is there, the revision is not
    │   │   └── RouteMissing       not the control plane's word: a wrong URL, a proxy's page
    │   ├── Conflict               409
    │   ├── RateLimited            429
    │   └── ServerFailure          5xx, and 408 and 425
    ├── CreateUnclear              a deployment of that name exists, but may be somebody else's
    └── WaitError
        ├── RolloutFailed          the newest revision ended, and not well
        ├── RolloutTimedOut        it goes on by itself, but longer than we wait
        ├── RolloutGone            the deployment was deleted while we waited
        └── DeletionTimedOut       the deployment is still there

``str()`` of each says what was tried, what came back and what to do next. No text holds the API
key; texts of the server have passed a ``Scrubber``.
"""

# ruff: noqa: N818 - each name says what happened; the tree above says that these are errors

from __future__ import annotations

from typing import ClassVar, Literal

ConflictKind = Literal["project_exists", "agent_environment", "other"]

_IN_DOUBT = "Run `pulumi up` again: it sends the change once more unless it shows by then."
_IF_DELETED = "a deployment that is gone is no error"
_CHECK_ADDRESS = (
    "Something else than the control plane may answer at this address: check the setting "
    "langsmith:controlPlaneUrl (or LANGSMITH_ENDPOINT), then run"
)


class ControlPlaneError(Exception):
    """Base of all errors of this package."""

    next_step: ClassVar[str] = "Run the command again; nothing has to be undone."
    after: ClassVar[dict[str, str]] = {}
    """The next step by method, where it is another: a GET changes nothing, a DELETE is repeated."""

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
        """What came back or went wrong, shortened and without secrets."""
        self.request = request
        """What was tried: method and path, such as ``PATCH /v2/deployments/<id>``."""
        self.status = status
        """The status code; None when no answer came."""
        self.request_id = request_id
        """The server's own name for the request; None when it gave none."""
        self.advice = advice
        """What to do next, when this case needs other words than its class; may be lines."""
        self.attempts = 1
        """How often the request was sent before we gave up."""
        self.host = ""
        """Where it was sent to, when that address may be a wrong one."""
        self.unseen: ControlPlaneError | None = None
        """Why it could not be seen whether the request was carried out, if that was tried."""
        self.doubt = ""
        """Why what was seen does not tell whether it was carried out, if so."""

    def __str__(self) -> str:
        """Say what was tried, what came back, what to do next."""
        method = self.request.partition(" ")[0]
        known = _IN_DOUBT if self.doubt else self.after.get(method, self.next_step)
        advice = self.advice or known
        return self.account() + (advice if advice[:1] == "\n" else f" {advice}".rstrip())

    def account(self) -> str:
        """Say what was tried and what came back."""
        told = _sentence(self._happened())
        if self.doubt:
            return f"{told} Whether it was carried out cannot be told: {_sentence(self.doubt)}"
        if self.unseen is None:
            return told
        passes = isinstance(self.unseen, TRANSIENT)
        why = self.unseen.account() if passes else str(self.unseen)
        return f"{told} Whether it was carried out could not be seen: {why}"

    def _happened(self) -> str:
        return self.detail

    def _tried(self) -> str:
        where = f" at {self.host}" if self.host else ""
        times = f" ({self.attempts} attempts)" if self.attempts > 1 else ""
        return f"{self.request or 'The request'}{where}{times}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


class SettingsError(ControlPlaneError):
    """The settings don't tell where to go, or with which key."""

    next_step = ""


class SettingsMissing(SettingsError):
    """There is no API key."""


class SettingsInvalid(SettingsError):
    """A setting is there, but cannot be meant."""


class Unreachable(ControlPlaneError):
    """Nothing was sent: connection refused, unknown host, TLS, or no connection in time."""

    next_step = (
        "It changed nothing. Check the network and the setting langsmith:controlPlaneUrl "
        "(or LANGSMITH_ENDPOINT), then run again."
    )

    def _happened(self) -> str:
        return f"{self._tried()} could not be sent: {self.detail}"


class AnswerLost(ControlPlaneError):
    """The request was sent and its answer never came or was cut: it may have been carried out."""

    next_step = (
        "It may have been carried out all the same. Run `pulumi up --refresh`: it looks at what "
        "is there and does what is left."
    )
    after: ClassVar[dict[str, str]] = {
        "GET": "Reading changes nothing: run the same command again.",
        "DELETE": f"Run the same command again: {_IF_DELETED}.",
    }

    def _happened(self) -> str:
        return f"{self._tried()} was sent, but its answer was lost: {self.detail}"


class AnswerUnreadable(ControlPlaneError):
    """The status says success, the body is not what was asked for: no JSON, or fields missing."""

    next_step = f"{_CHECK_ADDRESS} `pulumi up --refresh`."
    after: ClassVar[dict[str, str]] = {
        "GET": f"{_CHECK_ADDRESS} the same command again.",
        "DELETE": f"{_CHECK_ADDRESS} the same command again: {_IF_DELETED}.",
    }

    def _happened(self) -> str:
        coded = f" {_coded(self)}" if self.status else ""
        return f"{self._tried()} was answered{coded}, but {self.detail}"


class Answered(ControlPlaneError):
    """An answer came, and it is no success."""

    def _happened(self) -> str:
        said = f": {self.detail}" if self.detail else ""
        return f"{self._tried()} was answered {_coded(self)}{said}"


def _coded(error: ControlPlaneError) -> str:
    known = f" (request id {error.request_id})" if error.request_id else ""
    return f"{error.status}{known}"


class Redirected(Answered):
    """Another address was named. Not followed, since the API key would go there too."""

    next_step = (
        "Redirects are not followed, for the API key's sake. If the new address is right, make it "
        "the setting langsmith:controlPlaneUrl (or LANGSMITH_ENDPOINT)."
    )


class BadRequest(Answered):
    """The control plane refuses the fields: they don't fit the source, or each other."""

    next_step = "It changed nothing. Correct what the answer names in the program and run again."


class InvalidRequest(BadRequest):
    """The body, the path or the query is not of the right form; the fields are named."""


class NotAuthenticated(Answered):
    """The API key is not accepted."""

    next_step = (
        "The API key is not accepted. Set a valid one with `pulumi config set --secret "
        "langsmith:apiKey`, or in LANGSMITH_API_KEY; keys belong to one region."
    )


class Forbidden(Answered):
    """The API key is known, but may not do this."""

    next_step = (
        "The API key may not do this. Use a key with permission for deployments in this workspace, "
        "and check the setting langsmith:workspaceId."
    )


class Missing(Answered):
    """What the request names does not exist."""

    next_step = "Check the id that the answer names."


class DeploymentMissing(Missing):
    """The control plane says that this very deployment does not exist: it is gone.

    No other 404 means that.
    """

    next_step = (
        "The deployment was deleted outside of this program, or belongs to another workspace "
        "(langsmith:workspaceId). Run `pulumi refresh` to take it out of the state."
    )


class RevisionMissing(Missing):
    """The deployment is there, the revision is not."""

    next_step = "Run `pulumi up --refresh` to take up the newest revision."


class RouteMissing(Missing):
    """A 404 that is not about a deployment: a wrong base URL, or a proxy's page."""

    next_step = (
        "This says nothing about the deployment: the address is probably not that of a control "
        "plane. Check the setting langsmith:controlPlaneUrl (or LANGSMITH_ENDPOINT); self-hosted "
        "ones end in /api-host."
    )


class Conflict(Answered):
    """Something with this name, or for this agent environment, is there already."""

    next_step = (
        "It changed nothing. Remove what is in the way, wait until it is gone, or choose another "
        "name."
    )

    def __init__(  # noqa: PLR0913 - the base class's, and two more
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
        """What is in the way."""
        self.deployment_id = deployment_id
        """The deployment in the way; None when there is none or it was not found."""


class RateLimited(Answered):
    """Too many requests; ``retry_after`` is how many seconds the server asks us to wait, if any."""

    retry_after: float | None = None
    next_step = "The control plane limits requests. Wait a minute and run again."


class ServerFailure(Answered):
    """The control plane, or a proxy before it, failed; ``retry_after`` as in ``RateLimited``.

    A 408 and a 425 count as such: they pass too, and a proxy may say 408 of what came through.
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


class CreateUnclear(ControlPlaneError):
    """Whether our POST made the deployment of that name cannot be told: it may be somebody's.

    ``deployment_id`` is None when not even a look-up was answered.
    """

    def __init__(
        self,
        detail: str = "",
        *,
        deployment_id: str | None = None,
        request: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(detail, request=request, advice=advice)
        self.deployment_id = deployment_id


class WaitError(ControlPlaneError):
    """Waiting ended, and not with what was waited for."""


class RolloutFailed(WaitError):
    """The newest revision ended, and not well. The deployment itself is there."""


class RolloutTimedOut(WaitError):
    """The rollout takes longer than we wait. It goes on by itself."""


class RolloutGone(WaitError):
    """The deployment was deleted while we waited for its rollout."""


class DeletionTimedOut(WaitError):
    """The deployment is still there, longer after its deletion than we wait."""


AMBIGUOUS = (AnswerLost, AnswerUnreadable, ServerFailure)
"""After these nobody knows whether the request was carried out."""

TRANSIENT = (Unreachable, RateLimited, *AMBIGUOUS)
"""These may be over at the next look."""
