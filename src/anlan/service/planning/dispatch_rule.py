"""The dispatch rule that is in force in a county."""

from __future__ import annotations

import numpy as np

from anlan.engine.dispatch.choice import CLOSEST, InForce
from anlan.engine.dispatch.policy import Policy
from anlan.engine.dispatch.recommend import Demand
from anlan.engine.geo import codes
from anlan.service.planning.models import DispatchRule
from anlan.service.planning.standards import standards_of


def rule_of(county6: str) -> str:
    """Return the name of the rule in force."""
    row = DispatchRule.objects.filter(area_code=codes.normalise(county6)).values_list("policy", flat=True)
    return row.first() or DispatchRule.Policy.CLOSEST


def rule_in_force(county6: str) -> InForce:
    """Return the rule with the points of demand it was judged on; closest first where those are gone."""
    rows = DispatchRule.objects.select_related("rehearsal").filter(area_code=codes.normalise(county6))
    held = rows.exclude(policy=DispatchRule.Policy.CLOSEST).first()
    kept = held.rehearsal.body.get("points") if held and held.rehearsal else None
    if held is None or not kept or not kept["lon"]:
        return CLOSEST
    points = Demand(*(np.asarray(kept[name], np.float64) for name in ("lon", "lat", "weight")))
    return InForce(Policy[held.policy.upper()], points, standards_of(county6).rings.ring_s)
