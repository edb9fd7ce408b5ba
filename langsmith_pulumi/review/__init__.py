"""A preview in, a pull-request report out: what a plan does to deployments, and what that costs."""

from .as_json import labels, schema
from .gate import EXIT_CODES, Gate, Judgement
from .plan import Plan, UnreadablePlan, read_plan
from .report import Report, report_on
from .review import FORMATS, Outcome, review
from .text import wants_colour

__all__ = [
    "EXIT_CODES",
    "FORMATS",
    "Gate",
    "Judgement",
    "Outcome",
    "Plan",
    "Report",
    "UnreadablePlan",
    "labels",
    "read_plan",
    "report_on",
    "review",
    "schema",
    "wants_colour",
]
