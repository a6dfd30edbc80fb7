"""Detectors of public-health surveillance, equal to R's `surveillance`: what our colours must beat."""

from anlan.engine.analysis.surveillance.ears import Ears, ears
from anlan.engine.analysis.surveillance.farrington import Farrington, farrington
from anlan.engine.analysis.surveillance.flexible import Flexible, farrington_flexible

__all__ = ["Ears", "Farrington", "Flexible", "ears", "farrington", "farrington_flexible"]
