"""Screening (投标评审): whether to bid for a lot, SJE/ZY/GK-02 art. 3.2."""

from flows.steps.screening.form import Answers, ScreeningForm, form
from flows.steps.screening.rule import PanelTooSmall, is_short, opinions_needed, require_panel, rule_for

__all__ = [
    "Answers", "PanelTooSmall", "ScreeningForm", "form", "is_short", "opinions_needed", "require_panel", "rule_for",
]  # fmt: skip
