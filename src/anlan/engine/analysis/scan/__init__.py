"""Kulldorff's space-time scan: where and when incidents cluster, and how surprising that is."""

from __future__ import annotations

from anlan.engine.analysis.scan.model import Cluster, Search
from anlan.engine.analysis.scan.spacetime import space_time_scan

__all__ = ["Cluster", "Search", "space_time_scan"]
