"""A briefing in the reader's language: the one `Report` that page, PDF and file are made of."""

from anlan.service.patrol.presentation.report import report_of

__all__ = ["report_of"]
