"""The application: every route, and the way a refusal is told.

There is one for all simulators, because it takes a while to make; the gate of each tells it with
every request which control plane it serves.
"""

from typing import cast

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from langsmith_pulumi.testing.simulator import api, doors
from langsmith_pulumi.testing.simulator.refusals import Refusal


async def _answer_refusal(_request: Request, error: Exception) -> JSONResponse:
    refusal = cast("Refusal", error)
    return JSONResponse({"detail": refusal.detail}, refusal.status)


application = FastAPI(
    openapi_url=None, redirect_slashes=False, exception_handlers={Refusal: _answer_refusal}
)
application.include_router(api.router)
application.include_router(doors.router)
