"""Waits of one process share their requests, and end as each would alone."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import httpx
import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.models import DeploymentCreateRequest
from langsmith_pulumi.control_plane.settings import Settings
from langsmith_pulumi.control_plane.waiting import wait_for_rollout, wait_until_gone
from langsmith_pulumi.testing.simulator import Simulator
from tests.control_plane.factories import API_KEY
from tests.control_plane.virtual_clock import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 30.0
LIST = "/v2/deployments"
TIMEOUT = 600.0
IMAGE = {
    "source": "external_docker",
    "source_config": {"resource_spec": {}},
    "source_revision_config": {"image_uri": "registry.example.com/agent:v1"},
    "secrets": [{"name": "TOKEN", "value": "a secret value"}],
}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def simulator(clock: VirtualClock) -> Iterator[Simulator]:
    with Simulator(
        api_key=API_KEY, clock=lambda: 1_800_000_000 + clock.now, revision_seconds=SECONDS
    ) as running:
        yield running


class Waits:
    """Waits for many deployments, each in a thread, with what each of them reported."""

    def __init__(self, simulator: Simulator, clock: VirtualClock) -> None:
        self.timeout = TIMEOUT
        self.seconds_apart = 0.0
        """Between the beginnings of two waits."""
        self.simulator = simulator
        self.clock = clock
        self.polls: Counter[str] = Counter()
        self.ended: dict[str, float] = {}
        self.errors: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.edit: Callable[[httpx.Request], httpx.Request] = lambda request: request
        transport = _Edited(self)
        self.client = ControlPlaneClient(
            Settings(API_KEY, simulator.url),
            transport=transport,
            sleep=clock.sleep,
            clock=clock.monotonic,
            chance=random.Random(7).random,
        )

    def create(
        self,
        count: int,
        *,
        prefix: str = "agent",
        unlike: int = 0,
        outcome: str = "BUILD_FAILED",
    ) -> None:
        """Create deployments; the revisions of some of them, the first ones, end otherwise."""
        self.ids.clear()
        for number in range(count):
            name = f"{prefix}-{number}"
            if number < unlike:
                self.simulator.outcome(name, outcome, "a broken build")
            body = {**IMAGE, "name": name}
            request = DeploymentCreateRequest.model_validate(body)
            self.ids[name] = self.client.create(request).id
        self.simulator.clear_requests()

    def for_rollouts(self, *names: str) -> None:
        self.clock.run(self._wait_for_rollout, list(names or self.ids))

    def for_deletions(self) -> None:
        self.clock.run(self._wait_until_gone, list(self.ids))

    @property
    def requests(self) -> Counter[str]:
        paths = [seen.path for seen in self.simulator.requests if seen.method == "GET"]
        return Counter("list" if path == LIST else "single" for path in paths)

    def _wait_for_rollout(self, name: str) -> None:
        self.clock.sleep(self.seconds_apart * list(self.ids).index(name))
        try:
            result = wait_for_rollout(
                self.client,
                self.ids[name],
                timeout=self.timeout,
                on_progress=lambda _revision, _seconds: self.polls.update([name]),
            )
            assert result.deployment.active_revision_id, "read after the rollout, not before"
        except errors.ControlPlaneError as error:
            self.errors[name] = str(error)
        self.ended[name] = self.clock.now

    def _wait_until_gone(self, name: str) -> None:
        self.client.delete(self.ids[name], delete_tracing_project=True)
        wait_until_gone(
            self.client,
            self.ids[name],
            timeout=self.timeout,
            on_progress=lambda _status, _seconds: self.polls.update([name]),
        )
        self.ended[name] = self.clock.now


class _Edited(httpx.BaseTransport):
    """Sends requests as a test edits them."""

    def __init__(self, waits: Waits) -> None:
        self._http = httpx.HTTPTransport(verify=False)
        self._waits = waits

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._http.handle_request(self._waits.edit(request))

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def waits(simulator: Simulator, clock: VirtualClock) -> Iterator[Waits]:
    made = Waits(simulator, clock)
    yield made
    made.client.close()


def test_many_rollouts_share_requests(waits: Waits) -> None:
    """A hundred cost a fifth of what each would alone, at most, and ends are noticed at once."""
    waits.create(1, prefix="alone")
    waits.for_rollouts()
    alone = waits.requests.total()
    begun = waits.clock.now
    waits.create(100)
    waits.for_rollouts()
    assert waits.errors == {}
    assert max(waits.ended.values()) <= begun + SECONDS + 1
    assert waits.requests.total() <= 100 * alone / 5, (waits.requests, alone)


def test_a_wait_that_begins_after_the_last_list_looks_at_the_next_one(waits: Waits) -> None:
    """It does not wait for its turn among the requests of all waits."""
    waits.create(100)
    waits.seconds_apart = 0.29
    waits.for_rollouts()
    assert waits.errors == {}
    assert max(waits.ended.values()) <= SECONDS + 1


def test_many_deletions_share_requests(waits: Waits) -> None:
    waits.create(20)
    waits.simulator.deletion_seconds = SECONDS
    waits.for_deletions()
    assert SECONDS <= min(waits.ended.values()) <= max(waits.ended.values()) <= SECONDS + 1
    assert waits.requests.total() <= waits.polls.total() / 2, (waits.requests, waits.polls)


def test_two_waits_list_nothing(waits: Waits) -> None:
    waits.create(2)
    waits.for_rollouts()
    assert waits.requests["list"] == 0


@pytest.mark.parametrize(("count", "seconds"), [(12, 1), (40, 2)])
def test_failures_are_noticed_though_no_list_shows_them(
    waits: Waits, count: int, seconds: float
) -> None:
    """Each error is that of a wait alone, with its reason; more than 20 take turns to ask."""
    waits.create(count, unlike=4)
    waits.for_rollouts()
    assert sorted(waits.errors) == [f"agent-{number}" for number in range(4)]
    assert all("a broken build" in error for error in waits.errors.values())
    assert max(waits.ended[name] for name in waits.errors) <= SECONDS + seconds


def test_stuck_rollouts_hold_up_no_other(waits: Waits) -> None:
    """Of eight rollouts four hang until the timeout; the ends of the others are noticed at once."""
    waits.timeout = 60
    waits.create(8, unlike=4, outcome="REHEARSING")
    waits.for_rollouts()
    stuck = {f"agent-{number}" for number in range(4)}
    assert waits.errors.keys() == stuck
    assert all("is REHEARSING after 1 min" in error for error in waits.errors.values())
    assert max(at for name, at in waits.ended.items() if name not in stuck) <= SECONDS + 2


def test_an_expected_end_is_noticed_sooner(waits: Waits) -> None:
    """A wait looks more often around the age at which earlier rollouts of the process ended."""
    delays = []
    for prefix in ("first", "second"):
        waits.simulator.revision_seconds = 303
        begun = waits.clock.now
        waits.create(1, prefix=prefix)
        waits.for_rollouts()
        delays.append(max(waits.ended.values()) - begun - 303)
    first, second = delays
    assert first <= 0.02 * 303
    assert second <= 0.005 * 303 + 0.1


@pytest.mark.parametrize("refused", [LIST, f"{LIST}/*"])
@pytest.mark.parametrize("timeout", [TIMEOUT, 25.0])
def test_all_waits_obey_retry_after(waits: Waits, refused: str, timeout: float) -> None:
    """After a 429 nobody sends anything in its time, and each wait ends at its own timeout."""
    waits.create(6)
    waits.timeout = timeout
    sent: list[float] = []

    def refuse_once(request: httpx.Request) -> httpx.Request:
        if not sent and waits.clock.now >= 10:
            pause = {"retry-after": "40"}
            waits.simulator.fail("GET", refused, "status", status=429, headers=pause)
        if waits.clock.now >= 10:
            sent.append(waits.clock.now)
        return request

    waits.edit = refuse_once
    waits.for_rollouts()
    if timeout == TIMEOUT:
        assert waits.errors == {}
        assert max(after - before for before, after in pairwise(sent)) >= 40
        assert max(waits.ended.values()) <= 60
    else:
        assert all(" after 25 s; the last look failed: " in one for one in waits.errors.values())
        assert sent[-1] < 12
        assert max(waits.ended.values()) <= 25.1


def test_a_failed_request_is_repeated_at_once(waits: Waits) -> None:
    """What a list has shown is not taken for seen before the request for it has succeeded."""
    waits.create(5)
    lost = Counter[str]()

    def fail_at_the_end(request: httpx.Request) -> httpx.Request:
        path = request.url.path
        if waits.clock.now >= SECONDS and path != LIST and lost[path] < 2:
            lost[path] += 1
            raise httpx.ReadError("lost on the way")
        return request

    waits.edit = fail_at_the_end
    waits.for_rollouts()
    assert waits.errors == {}
    assert max(waits.ended.values()) <= SECONDS + 9


def test_a_deployment_that_is_deleted_by_others_ends_its_wait(waits: Waits) -> None:
    waits.create(6)
    waits.client.delete(waits.ids["agent-3"], delete_tracing_project=True)
    waits.for_rollouts()
    assert list(waits.errors) == ["agent-3"]


@pytest.mark.parametrize("status", [400, 403, 404, 429, 503])
@pytest.mark.parametrize("kind", ["for_rollouts", "for_deletions"])
def test_waits_without_lists(waits: Waits, status: int, kind: str) -> None:
    """Where lists fail, each wait goes on by itself, no more often than alone."""
    waits.create(5)
    waits.simulator.fail("GET", LIST, "status", status=status, times=-1)
    getattr(waits, kind)()
    assert waits.errors == {}
    assert max(waits.ended.values()) <= SECONDS + 5
    assert waits.requests["list"] <= 3
    assert max(waits.polls.values()) <= SECONDS / 0.8


@pytest.mark.parametrize("kind", ["for_rollouts", "for_deletions"])
def test_a_server_that_ignores_the_filter(waits: Waits, kind: str) -> None:
    """What its first page holds is shared; the others go on by themselves."""

    def without_filter(request: httpx.Request) -> httpx.Request:
        if request.url.path == LIST:
            url = request.url.copy_with(params={"limit": "3", "offset": "0"})
            return httpx.Request("GET", url, headers=request.headers, extensions=request.extensions)
        return request

    waits.create(6)
    waits.edit = without_filter
    getattr(waits, kind)()
    assert waits.errors == {}
    assert max(waits.ended.values()) <= SECONDS + 5


@pytest.mark.parametrize("kind", ["for_rollouts", "for_deletions"])
def test_a_list_that_shows_no_change(waits: Waits, kind: str) -> None:
    """It is believed for some seconds only, so a wait ends all the same."""
    waits.create(5)
    with httpx.Client(headers={"X-Api-Key": API_KEY}) as http:
        frozen = http.get(f"{waits.simulator.url}{LIST}").text
    waits.simulator.fail("GET", LIST, "status", status=200, body=frozen, times=-1)
    getattr(waits, kind)()
    assert waits.errors == {}
    assert max(waits.ended.values()) <= SECONDS + 11
