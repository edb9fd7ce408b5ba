"""The route without an engine: one request for each deployment, all at once, then polls.

It keeps the ids in `ids.json`, finds no difference, and has no answer to a lost response.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LIST = "/v2/deployments"
IDS = Path("ids.json")


class Script:
    """The operations on all deployments."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._given = json.loads(os.environ["BENCH"])
        self._names = [f"agent-{number}" for number in range(self._given["count"])]
        self._ids: dict[str, str] = json.loads(IDS.read_text()) if IDS.exists() else {}

    async def create(self) -> None:
        await self._all(self._create)
        self._write_ids()

    async def one_in_place(self) -> None:
        await self._rename(self._names[0])

    async def all_in_place(self) -> None:
        await self._all(self._rename)

    async def revision(self) -> None:
        await self._all(self._revise)

    async def refresh(self) -> None:
        for offset in range(0, len(self._names), 100):
            await self._send("GET", f"{LIST}?limit=100&offset={offset}")

    async def destroy(self) -> None:
        await self._all(self._delete)

    def _write_ids(self) -> None:
        IDS.write_text(json.dumps(self._ids), encoding="utf-8")

    async def _all(self, action: Callable[[str], Awaitable[None]]) -> None:
        await asyncio.gather(*(action(name) for name in self._names))

    async def _create(self, name: str) -> None:
        body = {"name": name, "source": "external_docker", "source_config": {"resource_spec": {}}}
        body |= self._configuration(name)
        self._ids[name] = (await self._send("POST", LIST, body))["id"]
        await self._deployed(name)

    async def _rename(self, name: str) -> None:
        await self._send("PATCH", self._path(name), {"display_name": self._given["titles"][0]})

    async def _revise(self, name: str) -> None:
        await self._send("PATCH", self._path(name), self._configuration(name))
        await self._deployed(name)

    async def _delete(self, name: str) -> None:
        await self._send("DELETE", self._path(name))
        gone = httpx.codes.NOT_FOUND
        while (await self._client.get(self._path(name))).status_code != gone:  # noqa: ASYNC110 - the API has no events
            await asyncio.sleep(1)

    async def _deployed(self, name: str) -> None:
        while True:
            revision = (await self._send("GET", self._path(name)))["latest_revision_id"]
            live = await self._send("GET", f"{self._path(name)}/revisions/{revision}")
            if live["status"] == "DEPLOYED":
                return
            await asyncio.sleep(1)

    def _path(self, name: str) -> str:
        return f"{LIST}/{self._ids[name]}"

    def _configuration(self, name: str) -> dict[str, Any]:
        key = f"key-{name.partition('-')[2]}"
        return {
            "source_revision_config": {"image_uri": self._given["image"]},
            "secrets": [{"name": "OPENAI_API_KEY", "value": key}],
        }

    async def _send(self, method: str, path: str, body: Any = None) -> Any:
        response = (await self._client.request(method, path, json=body)).raise_for_status()
        return response.json() if response.content else None


OPERATIONS = {
    "create": Script.create,
    "in place, one": Script.one_in_place,
    "in place, all": Script.all_in_place,
    "revision of all": Script.revision,
    "refresh": Script.refresh,
    "destroy": Script.destroy,
}


async def main(operation: str) -> None:
    """Run one operation."""
    url = os.environ["LANGSMITH_CONTROL_PLANE_URL"]
    key = {"X-Api-Key": os.environ["LANGSMITH_API_KEY"]}
    async with httpx.AsyncClient(base_url=url, headers=key, timeout=600) as client:
        await OPERATIONS[operation](Script(client))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
