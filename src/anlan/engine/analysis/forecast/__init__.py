"""Forecasts: next day's counts per beat, and maps of cells by candidates chosen on the past."""

from anlan.engine.analysis.forecast.next_day import METHOD, Forecast, expected_next, next_day
from anlan.engine.analysis.forecast.predictive import Predictive, county_predictive, next_day_predictive

__all__ = [
    "METHOD",
    "Forecast",
    "Predictive",
    "county_predictive",
    "expected_next",
    "next_day",
    "next_day_predictive",
]
