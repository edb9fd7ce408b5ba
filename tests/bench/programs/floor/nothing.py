"""A provider that does nothing, in a module of its own, so that the state has its name only."""

import uuid
from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, ResourceProvider, UpdateResult

OUTPUTS = {
    "control_plane_url": "http://127.0.0.1:40000",
    "revision_id": "9635c1ce-8bb3-4b6e-8090-c942f53e9af3",
    "active_revision_id": "9635c1ce-8bb3-4b6e-8090-c942f53e9af3",
    "created_at": "2026-01-01T00:00:00.000000+00:00",
    "updated_at": "2026-01-01T00:00:00.000000+00:00",
    "status": "READY",
    "tenant_id": "11111111-1111-4111-8111-111111111111",
    "url": "https://agent.example.com",
}


class NothingProvider(ResourceProvider):
    """Keeps what it is given."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Return a new id."""
        return CreateResult(str(uuid.uuid4()), {**props, **OUTPUTS})

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare all inputs."""
        compared = news.keys() - OUTPUTS.keys()
        return DiffResult(changes=any(olds.get(key) != news[key] for key in compared))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Return the inputs."""
        return UpdateResult({**news, **OUTPUTS})
