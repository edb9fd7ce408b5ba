"""A resource that is no deployment: its ``size`` changes in place, its ``region`` replaces it."""

from __future__ import annotations

import uuid
from typing import Any

import pulumi  # noqa: TC002 - the provider is pickled with its module
from pulumi.dynamic import (
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)


class BucketProvider(ResourceProvider):
    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult(str(uuid.uuid4()), props)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        changed = [key for key in ("size", "region") if _olds.get(key) != _news.get(key)]
        return DiffResult(bool(changed), [key for key in changed if key == "region"])

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(_news)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        return ReadResult(id_, props)


class Bucket(Resource, module="acme", name="Bucket"):
    def __init__(
        self, name: str, size: int, region: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(BucketProvider(), name, {"size": size, "region": region}, opts)
