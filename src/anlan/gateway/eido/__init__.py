"""NENA EIDO-JSON (NENA-STA-021.1): an incident as services exchange it, without persons and vehicles.

`write` makes a document of a `Report`; `read` takes one apart and counts what it leaves out.
"""

from anlan.gateway.eido.read import LARGEST, EidoError, Received, read
from anlan.gateway.eido.report import Agency, Caution, Emergency, Link, Note, Report, Unit
from anlan.gateway.eido.write import write

__all__ = [
    "LARGEST",
    "Agency",
    "Caution",
    "EidoError",
    "Emergency",
    "Link",
    "Note",
    "Received",
    "Report",
    "Unit",
    "read",
    "write",
]
