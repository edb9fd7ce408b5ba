# ruff: noqa: N802, ARG002, D102 - method names and arguments are the protocol's
"""The two gRPC services of the engine, ResourceMonitor and Engine."""

from __future__ import annotations

import threading
from concurrent import futures
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
)

from .errors import NeedsPulumiError, OfflineError
from .events import ERROR, INFO, WARNING, Diagnostic, Status
from .goal import read_goal
from .plugin import GRPC_OPTIONS
from .values import from_struct, to_struct

if TYPE_CHECKING:
    from .project import Config
    from .state import Entry
    from .update import Update

# Each registration occupies a thread until its step is done, and the program makes up to 256 at
# once (host/run_program.py). The rest is for messages of these steps, which must not wait for them.
_THREADS = 512

# By name and number, since older SDKs ask by name and know no numbers. The features after
# deletedWith are not implemented: they are listed so that the SDK calls them and gets our error,
# instead of an error of its own that asks for a newer Pulumi CLI.
_FEATURES = {
    "secrets": 0,
    "aliasSpecs": 3,
    "deletedWith": 5,
    "replaceWith": 6,
    "transforms": 7,
    "invokeTransforms": 8,
    "parameterization": 9,
    "resourceHooks": 10,
    "errorHooks": 11,
}
_SEVERITIES = {
    engine_pb2.INFO: INFO,
    engine_pb2.WARNING: WARNING,
    engine_pb2.ERROR: ERROR,
}


class Monitor(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """The services for the program and the plugin; the decisions are those of `Update`."""

    def __init__(self, update: Update, config: Config) -> None:
        self._update = update
        self._config = config
        self._root = ""
        self._rejected = threading.Event()
        self.shutdown_requested: threading.Event = threading.Event()
        self.closed: threading.Event = threading.Event()

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:
        settings = self._update.settings
        return resource_pb2.DeploymentInfo(
            project=settings.project,
            stack=settings.stack,
            organization="organization",
            config=self._config.values,
            configSecretKeys=sorted(self._config.secret_keys),
            dryRun=settings.dry_run,
            parallel=settings.parallel,
            supportedFeatures=_FEATURES.values(),  # type: ignore[arg-type]  # plain numbers
        )

    def SupportsFeature(self, request: Any, context: Any) -> Any:
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    def RegisterResource(self, request: Any, context: Any) -> Any:
        try:
            with self._update.reporting_errors():
                goal = read_goal(request)
            return _response(self._update.register(goal))
        except OfflineError:
            return _abort(context)

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:
        try:
            with self._update.reporting_errors():
                self._update.register_outputs(request.urn, from_struct(request.outputs))
        except OfflineError:
            return _abort(context)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:
        self.shutdown_requested.set()
        self._update.changed.set()
        self.closed.wait()
        return empty_pb2.Empty()

    def Log(self, request: Any, context: Any) -> Any:
        if request.ephemeral:
            self._update.emit(Status(request.urn, request.message))
        elif request.severity in _SEVERITIES and not self._is_consequence(request):
            severity = _SEVERITIES[request.severity]
            self._update.emit(Diagnostic(request.urn, request.message, severity))
        return empty_pb2.Empty()

    def _is_consequence(self, request: Any) -> bool:
        # After a failed step the SDK also logs that its call was aborted, and how the program ended
        # because of it.
        if self._rejected.is_set() and request.severity == engine_pb2.ERROR:
            return True
        return self._update.stopped.is_set() and "monitor has terminated" in request.message

    def GetRootResource(self, request: Any, context: Any) -> Any:
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: Any) -> Any:
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, request: Any, context: Any) -> Any:
        return engine_pb2.RequirePulumiVersionResponse()

    def reject(self, feature: str, context: Any) -> Any:
        """End the operation because the program uses a feature of the Pulumi CLI only."""
        try:
            with self._update.reporting_errors():
                raise NeedsPulumiError(feature)  # reported before the program gets a response
        except OfflineError:
            self._rejected.set()
            return _abort(context)


def _rejecting_method(feature: str) -> Any:
    def method(self: Monitor, _request: Any, context: Any) -> Any:
        return self.reject(feature, context)

    return method


_UNSUPPORTED = {
    "Invoke": "functions and lookups of providers",
    "Call": "methods of components",
    "ReadResource": "reading resources that the program does not manage, stack references too",
    "RegisterStackTransform": "transforms",
    "RegisterStackInvokeTransform": "transforms",
    "RegisterResourceHook": "resource hooks",
    "RegisterErrorHook": "resource hooks",
    "RegisterPackage": "parameterized packages",
}
for _method, _feature in _UNSUPPORTED.items():
    setattr(Monitor, _method, _rejecting_method(_feature))


def _response(entry: Entry) -> Any:
    # The outputs of a component are registered later.
    outputs = entry.outputs if entry.custom else {}
    return resource_pb2.RegisterResourceResponse(
        urn=entry.urn, id=entry.id, object=to_struct(outputs)
    )


def _abort(context: Any) -> Any:
    return context.abort(grpc.StatusCode.UNAVAILABLE, "the operation is over")


class Server:
    """A gRPC server on loopback."""

    def __init__(self) -> None:
        self._server = grpc.server(
            futures.ThreadPoolExecutor(max_workers=_THREADS), options=GRPC_OPTIONS
        )
        self.address: str = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def serve(self, monitor: Monitor) -> None:
        """Serve a monitor."""
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)
        engine_pb2_grpc.add_EngineServicer_to_server(monitor, self._server)
        self._server.start()

    def stop(self) -> None:
        """Stop serving, and abort the calls in flight."""
        self._server.stop(0).wait()
