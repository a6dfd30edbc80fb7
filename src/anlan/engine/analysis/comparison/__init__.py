"""Did it rise, and where is it high: changes between counts, rates with limits, small areas, funnels."""

from anlan.engine.analysis.comparison.change import Change, compare, compare_each, exact_p, ratio_interval
from anlan.engine.analysis.comparison.funnel import Funnel, funnel_limits
from anlan.engine.analysis.comparison.rates import Rates, poisson_interval, rates_per_10000
from anlan.engine.analysis.comparison.small_areas import ShrunkenRates, shrunken_rates

__all__ = [
    "Change",
    "Funnel",
    "Rates",
    "ShrunkenRates",
    "compare",
    "compare_each",
    "exact_p",
    "funnel_limits",
    "poisson_interval",
    "rates_per_10000",
    "ratio_interval",
    "shrunken_rates",
]
