"""Answers that are sent from outside of the application."""

import json

from starlette.types import Send

from langsmith_pulumi.testing.simulator.refusals import Refusal


async def send_refusal(refusal: Refusal, send: Send) -> None:
    """Send a refusal as the API tells it."""
    body = json.dumps({"detail": refusal.detail}).encode()
    await send_answer(refusal.status, "application/json", body, send)


async def send_answer(status: int, content_type: str, body: bytes, send: Send) -> None:
    """Send a whole answer."""
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
