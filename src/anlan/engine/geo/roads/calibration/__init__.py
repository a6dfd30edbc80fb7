"""Speeds from recorded trips: factors by hour class and road class, waits at lights, a fixed time."""

from anlan.engine.geo.roads.calibration.calibrate import Calibration, calibrate
from anlan.engine.geo.roads.calibration.fit import Belief, Factor
from anlan.engine.geo.roads.calibration.score import Errors
from anlan.engine.geo.roads.calibration.trips import GROUPS, Trips, hour_classes

__all__ = ["GROUPS", "Belief", "Calibration", "Errors", "Factor", "Trips", "calibrate", "hour_classes"]
