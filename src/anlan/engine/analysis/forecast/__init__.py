"""Forecasts: next day's counts per beat, and maps of cells by candidates chosen on the past."""

from anlan.engine.analysis.forecast.next_day import METHOD, Forecast, expected_next, next_day

__all__ = ["METHOD", "Forecast", "expected_next", "next_day"]
