"""San Francisco's north-east in 2018: what the rehearsal reproduces, and what a plan would have changed."""

from bench.evidence.rehearsal.section import claims, section
from bench.evidence.rehearsal.study import Study, study

__all__ = ["Study", "claims", "section", "study"]
