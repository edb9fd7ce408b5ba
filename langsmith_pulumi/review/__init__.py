"""Turn a preview into a pull-request report: what it does to deployments, and what that costs."""

from .as_json import labels, schema
from .gate import EXIT_CODES, Gate, GateResult
from .plan import Plan, UnreadablePlan, read_plan
from .report import Report, report_on
from .review import FORMATS, ReviewResult, review
from .text import wants_colour

__all__ = [
    "EXIT_CODES",
    "FORMATS",
    "Gate",
    "GateResult",
    "Plan",
    "Report",
    "ReviewResult",
    "UnreadablePlan",
    "labels",
    "read_plan",
    "report_on",
    "review",
    "schema",
    "wants_colour",
]
