"""The pause after a 429."""

from __future__ import annotations

from langsmith_pulumi.control_plane.errors import RateLimited
from langsmith_pulumi.control_plane.rate_limit import RateLimit


def test_a_sleep_that_the_environment_cuts_short_ends_the_pause() -> None:
    """With delays capped, as in tests and demonstrations, a pause is not waited out in a loop."""
    sleeps: list[float] = []
    limit = RateLimit(clock=lambda: 100.0, sleep=sleeps.append, chance=lambda: 0.0)
    error = RateLimited("too many requests", request="GET /v2/deployments")
    error.retry_after = 20.0
    limit.record(error)
    limit.wait("GET /v2/deployments", 60.0)
    assert sleeps == [20.0]
