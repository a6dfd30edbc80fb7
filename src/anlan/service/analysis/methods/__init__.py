"""The methods, in the order in which they are listed."""

from anlan.service.analysis.method import Method
from anlan.service.analysis.methods import (
    audit,
    card,
    colours,
    comparison,
    density,
    emerging,
    evaluation,
    forecast,
    local,
    moran,
    patrols,
    quality,
    rates,
    repeats,
    rhythm,
    scan,
    surveillance,
)

LISTED = (
    comparison, rates, emerging, density, local, moran, scan, rhythm, surveillance,
    forecast, repeats, colours, quality, evaluation, audit, patrols, card,
)  # fmt: skip
METHODS: dict[str, Method] = {one.METHOD.name: one.METHOD for one in LISTED}
