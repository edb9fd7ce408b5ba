"""The SDK's plugin process for dynamic providers, and what an engine says to it.

The plugin takes no secrets, so they are stripped from every request and marked again in the
answers. It supports no preview either: whoever previews must not call create or update.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import provider_pb2_grpc

from .errors import CutOffError, OfflineError, StepFailedError
from .steps import Change
from .urns import urn_name, urn_type
from .values import Bag, from_struct, has_secrets, mark_secrets, strip_secrets, to_struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from .children import Child
    from .state import Entry

GRPC_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024)]


@dataclass(frozen=True)
class CheckFailure:
    """Why an input is refused; `property` may be empty."""

    property: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """What a provider read; an empty id says that the resource is gone."""

    id: str
    outputs: Bag
    inputs: Bag | None


class Plugin:
    """The running plugin; starts at the latest with the first call."""

    def __init__(self, start: Callable[[], Child], config: Bag) -> None:
        self._start = start
        self._config = config
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._channel: grpc.Channel | None = None
        self._stub: provider_pb2_grpc.ResourceProviderStub | None = None
        self._stopped = False

    def prepare(self) -> None:
        """Start the process now, so that it is ready by the time it is needed."""
        with self._lock:
            self._started()

    def check(self, urn: str, olds: Bag, news: Bag) -> tuple[Bag, list[CheckFailure]]:
        """The inputs as the provider wants them, and what it refuses."""
        request = proto.CheckRequest(**_named(urn), olds=_plain(olds), news=_plain(news))
        answer = self._call("Check", urn, request)
        failures = [CheckFailure(item.property, item.reason) for item in answer.failures]
        return mark_secrets(from_struct(answer.inputs), news), failures

    def diff(self, urn: str, old: Entry, news: Bag) -> Change:
        """What changing from the old state to the new inputs would do."""
        request = proto.DiffRequest(
            **_named(urn),
            id=old.id,
            olds=_plain(old.outputs),
            old_inputs=_plain(old.inputs),
            news=_plain(news),
        )
        answer = self._call("Diff", urn, request)
        kinds = {proto.DiffResponse.DIFF_NONE: False, proto.DiffResponse.DIFF_SOME: True}
        return Change(kinds.get(answer.changes), tuple(answer.replaces), answer.deleteBeforeReplace)

    def create(self, urn: str, inputs: Bag) -> tuple[str, Bag]:
        """Make the resource; returns its id and outputs."""
        request = proto.CreateRequest(**_named(urn), properties=_plain(inputs))
        answer = self._call("Create", urn, request)
        if not answer.id:
            raise StepFailedError(urn, "the provider returned no id from create")
        return answer.id, mark_secrets(from_struct(answer.properties), inputs)

    def update(self, old: Entry, urn: str, inputs: Bag) -> Bag:
        """Change the resource in place; returns its outputs."""
        request = proto.UpdateRequest(
            **_named(urn),
            id=old.id,
            olds=_plain(old.outputs),
            old_inputs=_plain(old.inputs),
            news=_plain(inputs),
        )
        answer = self._call("Update", urn, request)
        return mark_secrets(from_struct(answer.properties), inputs)

    def delete(self, old: Entry) -> None:
        """Delete the resource."""
        request = proto.DeleteRequest(
            **_named(old.urn),
            id=old.id,
            properties=_plain(old.outputs),
            old_inputs=_plain(old.inputs),
        )
        self._call("Delete", old.urn, request)

    def read(self, urn: str, id_: str, inputs: Bag, outputs: Bag) -> Reading:
        """Look at the resource as it is."""
        request = proto.ReadRequest(
            **_named(urn), id=id_, properties=_plain(outputs), inputs=_plain(inputs)
        )
        answer = self._call("Read", urn, request)
        known = outputs or inputs
        news = from_struct(answer.inputs) if answer.HasField("inputs") else None
        return Reading(
            answer.id,
            mark_secrets(from_struct(answer.properties), known),
            None if news is None else mark_secrets(news, inputs),
        )

    def stop(self) -> None:
        """End the process; calls that are under way fail as interrupted."""
        # Without the lock: whoever holds it may be waiting for the very process to speak.
        self._stopped = True
        if self._child:
            self._child.stop()
        if self._channel:
            self._channel.close()

    def _call(self, method: str, urn: str, request: Any) -> Any:
        try:
            return getattr(self._ready(), method)(request)
        except grpc.RpcError as error:
            raise self._translated(error, urn, method) from None
        except ValueError:  # the channel was closed meanwhile
            raise CutOffError(f"{method} of {urn_name(urn)} was interrupted") from None

    def _translated(self, error: Any, urn: str, method: str) -> OfflineError:
        if error.code() == grpc.StatusCode.UNKNOWN:
            return StepFailedError(urn, str(error.details()).strip())
        if self._stopped:
            return CutOffError(f"{method} of {urn_name(urn)} was interrupted")
        gone = error.code() == grpc.StatusCode.UNAVAILABLE
        what = "the provider process ended" if gone else f"the call failed ({error.code().name})"
        return CutOffError(
            f"{what} during {method.lower()} of {urn_name(urn)}: whether it took effect is not "
            f"known ({error.details()})"
        )

    def _ready(self) -> provider_pb2_grpc.ResourceProviderStub:
        with self._lock:
            if self._stub is None:
                self._stub = self._connect()
            return self._stub

    def _started(self) -> Child:
        if self._stopped:
            raise CutOffError("the operation was interrupted")
        self._child = self._child or self._start()
        return self._child

    def _connect(self) -> provider_pb2_grpc.ResourceProviderStub:
        child = self._started()
        port = child.first_line()
        child.relay_output()
        if self._stopped:
            raise CutOffError("the operation was interrupted")
        if not port.isdigit():
            child.stop()
            raise OfflineError(f"the provider plugin did not start: it printed {port!r}, no port")
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=GRPC_OPTIONS)
        stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        args = to_struct(strip_secrets(self._config))
        stub.Configure(proto.ConfigureRequest(args=args, acceptSecrets=True), wait_for_ready=True)
        return stub


def _named(urn: str) -> dict[str, Any]:
    return {"urn": urn, "name": urn_name(urn), "type": urn_type(urn)}


def _plain(bag: Bag) -> Any:
    return to_struct(strip_secrets(bag) if has_secrets(bag) else bag)
