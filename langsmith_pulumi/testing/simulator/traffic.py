"""The recorded requests, and the faults that the next requests meet."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from langsmith_pulumi.testing.simulator.schemas import StrictModel

FaultKind = Literal[
    "status",
    "garbage",
    "delay",
    "drip",
    "truncated",
    "stale",
    "drop_request",
    "drop_response",
    "drop_body",
]
ALWAYS = -1
"""The number of `times` of a fault that hits all requests."""


class FaultOptions(TypedDict, total=False):
    """The options of `Simulator.fail`; `Fault` explains them."""

    status: int
    seconds: float
    times: int
    skip: int
    after: bool
    headers: dict[str, str]
    body: str
    content_type: str


class Fault(StrictModel):
    """A fault, and the requests that it hits.

    Kinds: `status` answers with that status; `garbage` answers 200 with a body that is not JSON;
    `delay` waits; `drip` spreads the response over the seconds; `truncated` sends the first half
    of the response as if it were all; `stale` answers from the data before the last write, if the
    fault was set before that write; `drop_request` closes the connection before the request is
    carried out, `drop_response` after, `drop_body` in the middle of the response.

    Args:
        method: one method, or `*` for any.
        path: a glob; its `*` spans slashes.
        kind: what goes wrong.
        status: of the response, for `status`.
        seconds: for `delay` and `drip`.
        times: how many requests it hits; -1 for all.
        skip: how many requests it lets pass first.
        after: whether `status`, `garbage` and `delay` first carry the request out.
        headers: of the response, for `status` and `garbage`.
        body: of the response; for `status` a detail in JSON unless given.
        content_type: of the body.
    """

    method: str = "*"
    path: str = "*"
    kind: FaultKind
    status: Annotated[int, Field(ge=200, le=599)] = 500
    seconds: Annotated[float, Field(ge=0)] = 0
    times: Annotated[int, Field(ge=ALWAYS)] = 1
    skip: Annotated[int, Field(ge=0)] = 0
    after: bool = False
    headers: dict[str, str] = Field(default_factory=dict)
    body: str | None = None
    content_type: str | None = None

    def hits(self, method: str, path: str) -> bool:
        """Return True if this request is hit, and count it."""
        if self.times == 0 or self.method not in ("*", method) or not fnmatchcase(path, self.path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        return True


@dataclass
class RecordedRequest:
    """A request without its headers and body, so without secrets.

    `status` is None until a response is sent, and `time` is in seconds since the epoch.
    """

    method: str
    path: str
    query: str
    status: int | None
    time: float


@dataclass
class ExternalRequest(RecordedRequest):
    """A request to an agent or an upload target, which are on other hosts in reality.

    `headers` are names in lower case; `sent_key` is True if one of them held the API key.
    """

    headers: list[str]
    sent_key: bool


@dataclass(frozen=True)
class Health:
    """An answer of an agent to `/ok`; the body is JSON unless given."""

    status: int = 200
    body: str | None = None


@dataclass
class Traffic:
    """The requests so far, oldest first, and the faults and answers to come, in order."""

    requests: list[RecordedRequest] = field(default_factory=list)
    external_requests: list[ExternalRequest] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    health: dict[str, list[Health]] = field(default_factory=dict)

    def next_health(self, name: str) -> Health:
        """Return the next answer of an agent; the last one that was set is repeated."""
        answers = self.health.get(name) or [Health()]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def fault_for(self, request: RecordedRequest) -> Fault | None:
        """Return the fault that hits this request, and count it."""
        return next((f for f in self.faults if f.hits(request.method, request.path)), None)

    def has_pending(self, kind: str) -> bool:
        """Return True if a fault of this kind has yet to happen."""
        return any(fault.kind == kind and fault.times for fault in self.faults)
