"""What of a live deployment contradicts a request, and what the service may do to a request."""

from __future__ import annotations

from typing import Any

import pytest
from control_plane.samples import deployment

from langsmith_pulumi.control_plane.likeness import contradictions, differences
from langsmith_pulumi.control_plane.models import Deployment


def variables(**values: str | None) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def live(**fields: Any) -> Deployment:
    return Deployment.model_validate(deployment(**fields))


@pytest.mark.parametrize(
    ("sent", "shown", "found"),
    [
        (variables(A="1"), variables(A="1"), []),
        (variables(A="1"), variables(A="2"), ["secrets.A"]),
        (variables(A="1", B="2"), variables(A="1"), ["secrets.B"]),
        (variables(A="1"), variables(A="1", B="2"), ["secrets.B"]),
        (variables(A="1"), variables(A=None, B=None), ["secrets.B"]),
        (variables(A="1"), variables(A="1", B=""), ["secrets.B"]),
        (variables(A="1"), variables(A=None), []),
        (variables(A="1"), [], []),
        (variables(A="1"), variables(A="1", LANGSMITH_PROJECT="x", PORT="8000"), []),
        ([], variables(A="1"), []),
    ],
)
def test_a_set_of_variables_is_sent_as_a_whole(
    sent: list[dict[str, Any]], shown: list[dict[str, Any]], found: list[str]
) -> None:
    """More contradicts it as less does; an empty set, one not shown and reserved names do not."""
    assert contradictions({"secrets": sent}, live(secrets=shown)) == found


def test_variables_that_were_not_sent_are_of_no_interest() -> None:
    """A request without variables is contradicted by none."""
    assert contradictions({"display_name": "a"}, live(display_name="a")) == []


@pytest.mark.parametrize(
    ("asked", "shown", "same"),
    [
        (1.0, 1.0, True),
        (1.0, 1, True),
        (0.25, 0.2, True),
        (0.25, 0.3, True),
        (1.04, 1.0, True),
        (1.0, 1.1, False),
        (0.2, 0.3, False),
        (2, 3, False),
    ],
)
def test_figures_are_rounded_to_one_decimal(asked: float, shown: float, *, same: bool) -> None:
    """What rounding explains is no difference; a tenth is one."""
    sent = {"source_config": {"resource_spec": {"cpu": asked}}}

    found = differences(sent, live(source_config={"resource_spec": {"cpu": shown}}))

    assert (found == []) is same
