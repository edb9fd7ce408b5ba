"""A provider whose cloud is a folder: a file per thing, a log of calls, and injected behavior."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pulumi  # noqa: TC002 - the SDK reads the annotations
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

CLOUD = Path(os.environ.get("TOY_CLOUD", "."))
INPUTS = ("label", "value", "kind", "secret", "tags", "first")


class ToyProvider(ResourceProvider):
    """A provider of things with a value, updated in place, and a kind, whose change replaces."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        _note("configure", "", greeting=str(req.config.get("greeting")))

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        bad = news.get("value") == "bad"
        failures = [CheckFailure("value", "bad is not allowed")] if bad else []
        return CheckResult(news, failures)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        changed = [key for key in INPUTS if olds.get(key) != news.get(key)]
        return DiffResult(
            changes=bool(changed),
            replaces=[key for key in changed if key == "kind"],
            delete_before_replace=bool(news.get("first")),
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        _act("create", props)
        id_ = _next_id(props["label"])
        _store(id_, props)
        return CreateResult(id_, {**props, "size": len(str(props.get("value")))})

    def update(self, id_: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        _act("update", news)
        _store(id_, news)
        return UpdateResult({**news, "size": len(str(news.get("value")))})

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        _act("delete", props)
        _file(id_).unlink(missing_ok=True)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        _act("read", props)
        if not _file(id_).exists():
            return ReadResult("", {})
        live = json.loads(_file(id_).read_text(encoding="utf-8"))
        inputs = {key: live[key] for key in INPUTS if key in live}
        return ReadResult(id_, {**props, **live}, inputs=inputs)


def _act(operation: str, props: dict[str, Any]) -> None:
    """Log the call, and do what the test has set for it."""
    label = props["label"]
    _note(operation, label)
    (CLOUD / f"{operation}-{label}.began").touch()
    behaviors = json.loads((CLOUD / "behaviors.json").read_text(encoding="utf-8"))
    behavior = behaviors.get(f"{operation} {label}", {})
    if "status" in behavior:
        _emit_status(behavior["status"], behavior["urn"])
    if "wait_for" in behavior:
        _wait_for(CLOUD / behavior["wait_for"])
    if "fail" in behavior:
        raise RuntimeError(behavior["fail"])


def _emit_status(message: str, urn: str) -> None:
    """Emit a status for the resource's row; the engine's address is the first argument."""
    import grpc
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

    with grpc.insecure_channel(sys.argv[1]) as channel:
        request = engine_pb2.LogRequest(
            severity=engine_pb2.INFO, message=message, urn=urn, ephemeral=True
        )
        engine_pb2_grpc.EngineStub(channel).Log(request)


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path.name} did not appear")
        time.sleep(0.01)


def _next_id(label: str) -> str:
    """Return an id that counts the creates of a label, so that it is reproducible."""
    (CLOUD / "ids" / label).mkdir(parents=True, exist_ok=True)
    number = len(list((CLOUD / "ids" / label).iterdir())) + 1
    (CLOUD / "ids" / label / str(number)).touch()
    return f"{label}-{number}"


def _file(id_: str) -> Path:
    return CLOUD / "things" / f"{id_}.json"


def _store(id_: str, props: dict[str, Any]) -> None:
    text = json.dumps({key: props[key] for key in INPUTS if key in props})
    _file(id_).write_text(text, encoding="utf-8")


def _note(operation: str, label: str, **more: Any) -> None:
    with (CLOUD / "calls.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps({"op": operation, "label": label, **more}) + "\n")


class Thing(Resource, module="toy", name="Thing"):
    """A resource of the toy cloud."""

    value: pulumi.Output[str]
    size: pulumi.Output[int]

    def __init__(
        self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        wanted = {"value": None, "size": None, "label": name, **props}
        super().__init__(ToyProvider(), name, wanted, opts)
