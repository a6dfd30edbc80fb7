"""The briefing of a day, week, half-month or month, as plain data for page, PDF and files."""

from anlan.engine.analysis.briefing.assemble import STEPS, assemble
from anlan.engine.analysis.briefing.contrast import Contrast, contrast
from anlan.engine.analysis.briefing.model import Briefing, Cells, Evidence, Points
from anlan.engine.analysis.briefing.periods import PERIODS, Period, Span, before, period_of

__all__ = [
    "PERIODS", "STEPS", "Briefing", "Cells", "Contrast", "Evidence", "Period", "Points", "Span", "assemble",
    "before", "contrast", "period_of",
]  # fmt: skip
