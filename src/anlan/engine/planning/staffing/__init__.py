"""How many units each beat needs in each shift, and what a given force gives."""

from anlan.engine.planning.staffing.allocate import Allocation, allocate, convex, equal_service
from anlan.engine.planning.staffing.check import Interval, ShiftCheck, ShiftUnits, check_shift
from anlan.engine.planning.staffing.hours import Aim, HoursCell, HoursPlan, share_hours
from anlan.engine.planning.staffing.levels import LevelUnits, level_units
from anlan.engine.planning.staffing.need import CellNeed, Reached, minimum, needs, reached, units_of
from anlan.engine.planning.staffing.plan import Force, Rule, StaffedCell, StaffedShift, StaffingPlan, staff
from anlan.engine.planning.staffing.service import Service, service
from anlan.engine.planning.staffing.shortfall import Relaxation, relaxations, shortfall_prices, spread
from anlan.engine.planning.staffing.targets import PRICES, Tables, Targets, tables
from anlan.engine.planning.staffing.travel import Travel
from anlan.engine.planning.staffing.work import Dispersion, Quantiles, Work

__all__ = [
    "PRICES",
    "Aim",
    "Allocation",
    "CellNeed",
    "Dispersion",
    "Force",
    "HoursCell",
    "HoursPlan",
    "Interval",
    "LevelUnits",
    "Quantiles",
    "Reached",
    "Relaxation",
    "Rule",
    "Service",
    "ShiftCheck",
    "ShiftUnits",
    "StaffedCell",
    "StaffedShift",
    "StaffingPlan",
    "Tables",
    "Targets",
    "Travel",
    "Work",
    "allocate",
    "check_shift",
    "convex",
    "equal_service",
    "level_units",
    "minimum",
    "needs",
    "reached",
    "relaxations",
    "service",
    "share_hours",
    "shortfall_prices",
    "spread",
    "staff",
    "tables",
    "units_of",
]
