"""The client of the SDK's plugin process for dynamic providers.

The plugin does not support secrets, so they are unwrapped in requests and marked again in
responses. It does not support previews either, so a preview must not call create or update.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import provider_pb2_grpc

from .errors import CutOffError, OfflineError, StepFailedError
from .steps import Diff
from .urns import urn_name, urn_type
from .values import Properties, from_struct, has_secrets, mark_secrets, strip_secrets, to_struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .children import Child
    from .state import Entry

GRPC_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024)]


@dataclass(frozen=True)
class CheckFailure:
    """The reason why an input is invalid; `property` may be empty."""

    property: str
    reason: str


@dataclass(frozen=True)
class ReadResponse:
    """The response of a read; an empty id means that the resource is gone."""

    id: str
    outputs: Properties
    inputs: Properties | None


class Plugin:
    """The plugin process, which starts with the first call unless started before."""

    def __init__(self, start: Callable[[], Child], config: Properties) -> None:
        self._start = start
        self._config = config
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._channel: grpc.Channel | None = None
        self._stub: provider_pb2_grpc.ResourceProviderStub | None = None
        self._stopped = False

    def prepare(self) -> None:
        """Start the process, so that it is ready when it is needed."""
        with self._lock:
            self._get_child()

    def check(
        self, urn: str, olds: Properties, news: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        """Return the checked inputs, and the failures."""
        request = proto.CheckRequest(
            **_resource_fields(urn), olds=_to_wire(olds), news=_to_wire(news)
        )
        with self._translating_errors("Check", urn):
            response = self._get_stub().Check(request)
        failures = [CheckFailure(item.property, item.reason) for item in response.failures]
        return mark_secrets(from_struct(response.inputs), news), failures

    def diff(self, urn: str, old: Entry, news: Properties) -> Diff:
        """Return the diff between the old state and the new inputs."""
        request = proto.DiffRequest(
            **_resource_fields(urn),
            id=old.id,
            olds=_to_wire(old.outputs),
            old_inputs=_to_wire(old.inputs),
            news=_to_wire(news),
        )
        with self._translating_errors("Diff", urn):
            response = self._get_stub().Diff(request)
        kinds = {proto.DiffResponse.DIFF_NONE: False, proto.DiffResponse.DIFF_SOME: True}
        return Diff(
            kinds.get(response.changes), tuple(response.replaces), response.deleteBeforeReplace
        )

    def create(self, urn: str, inputs: Properties) -> tuple[str, Properties]:
        """Create the resource, and return its id and outputs."""
        request = proto.CreateRequest(**_resource_fields(urn), properties=_to_wire(inputs))
        with self._translating_errors("Create", urn):
            response = self._get_stub().Create(request)
        if not response.id:
            raise StepFailedError(urn, "the provider returned no id from create")
        return response.id, mark_secrets(from_struct(response.properties), inputs)

    def update(self, old: Entry, urn: str, inputs: Properties) -> Properties:
        """Update the resource in place, and return its outputs."""
        request = proto.UpdateRequest(
            **_resource_fields(urn),
            id=old.id,
            olds=_to_wire(old.outputs),
            old_inputs=_to_wire(old.inputs),
            news=_to_wire(inputs),
        )
        with self._translating_errors("Update", urn):
            response = self._get_stub().Update(request)
        return mark_secrets(from_struct(response.properties), inputs)

    def delete(self, old: Entry) -> None:
        """Delete the resource."""
        request = proto.DeleteRequest(
            **_resource_fields(old.urn),
            id=old.id,
            properties=_to_wire(old.outputs),
            old_inputs=_to_wire(old.inputs),
        )
        with self._translating_errors("Delete", old.urn):
            self._get_stub().Delete(request)

    def read(self, urn: str, id_: str, inputs: Properties, outputs: Properties) -> ReadResponse:
        """Read the live resource."""
        request = proto.ReadRequest(
            **_resource_fields(urn), id=id_, properties=_to_wire(outputs), inputs=_to_wire(inputs)
        )
        with self._translating_errors("Read", urn):
            response = self._get_stub().Read(request)
        known = outputs or inputs
        news = from_struct(response.inputs) if response.HasField("inputs") else None
        return ReadResponse(
            response.id,
            mark_secrets(from_struct(response.properties), known),
            None if news is None else mark_secrets(news, inputs),
        )

    def stop(self) -> None:
        """End the process; calls in flight fail as interrupted."""
        # Without the lock: its holder may be waiting for output of this process.
        self._stopped = True
        if self._child:
            self._child.stop()
        if self._channel:
            self._channel.close()

    @contextlib.contextmanager
    def _translating_errors(self, method: str, urn: str) -> Iterator[None]:
        try:
            yield
        except grpc.RpcError as error:
            raise self._translate_error(error, urn, method) from None
        except ValueError:  # the channel was closed meanwhile
            raise CutOffError(f"{method} of {urn_name(urn)} was interrupted") from None

    def _translate_error(self, error: Any, urn: str, method: str) -> OfflineError:
        if error.code() == grpc.StatusCode.UNKNOWN:
            return StepFailedError(urn, str(error.details()).strip())
        if self._stopped:
            return CutOffError(f"{method} of {urn_name(urn)} was interrupted")
        gone = error.code() == grpc.StatusCode.UNAVAILABLE
        cause = "the provider process ended" if gone else f"the call failed ({error.code().name})"
        return CutOffError(
            f"{cause} during {method.lower()} of {urn_name(urn)}: whether it took effect is not "
            f"known ({error.details()})"
        )

    def _get_stub(self) -> provider_pb2_grpc.ResourceProviderStub:
        with self._lock:
            if self._stub is None:
                self._stub = self._connect()
            return self._stub

    def _get_child(self) -> Child:
        if self._stopped:
            raise CutOffError("the operation was interrupted")
        self._child = self._child or self._start()
        return self._child

    def _connect(self) -> provider_pb2_grpc.ResourceProviderStub:
        child = self._get_child()
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


def _resource_fields(urn: str) -> dict[str, Any]:
    return {"urn": urn, "name": urn_name(urn), "type": urn_type(urn)}


def _to_wire(properties: Properties) -> Any:
    return to_struct(strip_secrets(properties) if has_secrets(properties) else properties)
