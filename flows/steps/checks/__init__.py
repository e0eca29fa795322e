"""Rejection checks: forty rules over record, Word files and PDF, each verdict with its evidence."""

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.registry import Rule, registered
from flows.steps.checks.run import UnknownRule, run
from flows.steps.checks.verdict import CheckReport, Finding, Verdict

__all__ = ["BidUnderCheck", "CheckReport", "Finding", "Rule", "UnknownRule", "Verdict", "registered", "run"]
