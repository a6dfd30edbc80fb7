"""A report as paper, page and file: PDF by Typst, standalone HTML, JSON. Words come in already translated."""

from anlan.gateway.report.html import to_html
from anlan.gateway.report.model import Drawn, Heat, MapPart, Report, Section, Table
from anlan.gateway.report.pdf import to_pdf, to_png

__all__ = ["Drawn", "Heat", "MapPart", "Report", "Section", "Table", "to_html", "to_pdf", "to_png"]
