"""The plain dynamic provider: one resource, which waits inside create, update and delete."""

import json
import os
import time
from typing import Any

from pulumi.dynamic import (
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

given = json.loads(os.environ["BENCH"])


class AgentProvider(ResourceProvider):
    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        body = {
            "name": props["name"],
            "source": props["source"],
            "source_config": {"resource_spec": {}},
        }
        body |= self._revision(props)
        with self._client() as client:
            live = client.post("/v2/deployments", json=body).raise_for_status().json()
            self._wait(client, live["id"], props["timeout"])
        return CreateResult(live["id"], props)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        fields = ("image", "display_name", "key")
        return DiffResult(changes=any(olds.get(field) != news.get(field) for field in fields))

    def update(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        body = {"display_name": news.get("display_name")}
        makes_revision = olds["image"] != news["image"] or olds["key"] != news["key"]
        if makes_revision:
            body |= self._revision(news)
        with self._client() as client:
            client.patch(f"/v2/deployments/{id_}", json=body).raise_for_status()
            if makes_revision:
                self._wait(client, id_, news["timeout"])
        return UpdateResult(news)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        with self._client() as client:
            live = client.get(f"/v2/deployments/{id_}").raise_for_status().json()
        return ReadResult(id_, {**props, "display_name": live["display_name"]})

    def delete(self, id_: str, _props: dict[str, Any]) -> None:
        path = f"/v2/deployments/{id_}"
        with self._client() as client:
            client.delete(path).raise_for_status()
            while client.get(path).status_code != 404:
                time.sleep(1)

    def _revision(self, props: dict[str, Any]) -> dict[str, Any]:
        return {
            "source_revision_config": {"image_uri": props["image"]},
            "secrets": [{"name": "OPENAI_API_KEY", "value": props["key"]}],
        }

    def _wait(self, client: Any, id_: str, timeout: float) -> None:
        path, started = f"/v2/deployments/{id_}", time.monotonic()
        while time.monotonic() - started < timeout:
            revision = client.get(path).raise_for_status().json()["latest_revision_id"]
            live = client.get(f"{path}/revisions/{revision}").raise_for_status().json()
            if live["status"] == "DEPLOYED":
                return
            time.sleep(1)
        raise TimeoutError(f"deployment {id_} is not deployed after {timeout} seconds")

    def _client(self) -> Any:
        import httpx

        key = {"X-Api-Key": os.environ["LANGSMITH_API_KEY"]}
        url = os.environ["LANGSMITH_CONTROL_PLANE_URL"]
        return httpx.Client(base_url=url, headers=key, timeout=60)


class Agent(Resource, module="bench", name="Agent"):
    pass


provider = AgentProvider()
for number in range(given["count"]):
    Agent(
        provider,
        f"agent-{number}",
        {
            "name": f"agent-{number}",
            "source": "external_docker",
            "display_name": given["titles"][min(number, 1)],
            "image": given["image"],
            "key": f"key-{number}",
            "timeout": given["timeout"],
        },
    )
