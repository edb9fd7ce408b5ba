"""What is remembered of the requests, and what is to go wrong with the next ones."""

from dataclasses import dataclass, field

from langsmith_pulumi.testing.simulator.faults import Fault


@dataclass
class RecordedRequest:
    """A request as it is remembered: no header and no body, so no secret.

    `status` is None as long as no answer was sent, and `time` is in seconds since the epoch.
    """

    method: str
    path: str
    query: str
    status: int | None
    time: float


@dataclass
class Traffic:
    """What went by, oldest first, and what is to go wrong, first come first served."""

    requests: list[RecordedRequest] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault_for(self, request: RecordedRequest) -> Fault | None:
        """Return the fault that hits this request, and count it."""
        return next((f for f in self.faults if f.hits(request.method, request.path)), None)

    def expects(self, kind: str) -> bool:
        """Tell whether a fault of this kind has yet to happen."""
        return any(fault.kind == kind and fault.times for fault in self.faults)
