# ruff: noqa: N802, ARG002, D102 - method names and arguments are the protocol's
"""The engine's doors: the two gRPC services that programs and plugins call."""

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
    from .deployment import Deployment
    from .project import Config
    from .state import Entry

_THREADS = 256  # each registration holds one until its step is done

# By name and number, since older SDKs ask by name and know no numbers. The features after
# deletedWith are not implemented: they are named so that the SDK asks for them and we can refuse
# in one sentence, where it would itself ask for a newer Pulumi CLI.
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
    """Answers the program and the plugin; whatever needs thought is the deployment's."""

    def __init__(self, deployment: Deployment, config: Config) -> None:
        self._deployment = deployment
        self._config = config
        self._root = ""
        self._refused = threading.Event()
        self.signalled = threading.Event()
        self.closed = threading.Event()

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:
        setting = self._deployment.setting
        return resource_pb2.DeploymentInfo(
            project=setting.project,
            stack=setting.stack,
            organization="organization",
            config=self._config.values,
            configSecretKeys=sorted(self._config.secret_keys),
            dryRun=setting.dry_run,
            parallel=setting.parallel,
            supportedFeatures=_FEATURES.values(),  # type: ignore[arg-type]  # plain numbers
        )

    def SupportsFeature(self, request: Any, context: Any) -> Any:
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    def RegisterResource(self, request: Any, context: Any) -> Any:
        try:
            with self._deployment.reporting():
                goal = read_goal(request)
            return _answer(self._deployment.register(goal))
        except OfflineError:
            return _unavailable(context)

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:
        try:
            with self._deployment.reporting():
                self._deployment.register_outputs(request.urn, from_struct(request.outputs))
        except OfflineError:
            return _unavailable(context)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:
        self.signalled.set()
        self._deployment.changed.set()
        self.closed.wait()
        return empty_pb2.Empty()

    def Log(self, request: Any, context: Any) -> Any:
        if request.ephemeral:
            self._deployment.tell(Status(request.urn, request.message))
        elif request.severity in _SEVERITIES and not self._is_aftermath(request):
            severity = _SEVERITIES[request.severity]
            self._deployment.tell(Diagnostic(request.urn, request.message, severity))
        return empty_pb2.Empty()

    def _is_aftermath(self, request: Any) -> bool:
        # Once a step has failed, the SDK also tells that it was turned away, and how the program
        # ended because of it; nobody needs that.
        if self._refused.is_set() and request.severity == engine_pb2.ERROR:
            return True
        return self._deployment.stopped.is_set() and "monitor has terminated" in request.message

    def GetRootResource(self, request: Any, context: Any) -> Any:
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: Any) -> Any:
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, request: Any, context: Any) -> Any:
        return engine_pb2.RequirePulumiVersionResponse()

    def refuse(self, feature: str, context: Any) -> Any:
        """End the operation because the program asks for what only the Pulumi CLI does."""
        try:
            with self._deployment.reporting():
                raise NeedsPulumiError(feature)  # reported before the program learns of it
        except OfflineError:
            self._refused.set()
            return _unavailable(context)


def _refusal(feature: str) -> Any:
    def method(self: Monitor, _request: Any, context: Any) -> Any:
        return self.refuse(feature, context)

    return method


_REFUSED = {
    "Invoke": "functions and lookups of providers",
    "Call": "methods of components",
    "ReadResource": "reading resources that the program does not manage, stack references too",
    "RegisterStackTransform": "transforms",
    "RegisterStackInvokeTransform": "transforms",
    "RegisterResourceHook": "resource hooks",
    "RegisterErrorHook": "resource hooks",
    "RegisterPackage": "parameterized packages",
}
for _method, _feature in _REFUSED.items():
    setattr(Monitor, _method, _refusal(_feature))


def _answer(entry: Entry) -> Any:
    # A component's outputs are whatever the program registers later.
    outputs = entry.outputs if entry.custom else {}
    return resource_pb2.RegisterResourceResponse(
        urn=entry.urn, id=entry.id, object=to_struct(outputs)
    )


def _unavailable(context: Any) -> Any:
    return context.abort(grpc.StatusCode.UNAVAILABLE, "the operation is over")


class Server:
    """Serves a monitor on loopback."""

    def __init__(self) -> None:
        self._server = grpc.server(
            futures.ThreadPoolExecutor(max_workers=_THREADS), options=GRPC_OPTIONS
        )
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def serve(self, monitor: Monitor) -> None:
        """Start to answer."""
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)
        engine_pb2_grpc.add_EngineServicer_to_server(monitor, self._server)
        self._server.start()

    def stop(self) -> None:
        """Stop to answer; calls under way are cut off."""
        self._server.stop(0).wait()
