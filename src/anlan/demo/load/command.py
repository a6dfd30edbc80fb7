"""The demo county's escalation plan, units on standby, and what its commander may override."""

from __future__ import annotations

from anlan.demo.generate import names
from anlan.engine.geo import codes
from anlan.service.incidents.domain.escalation_plan import save_step, set_standby
from anlan.service.incidents.domain.watch import set_overrides
from anlan.service.incidents.models import OverridePolicy
from anlan.service.staff.models import Agency, Role, Unit

STANDBY = 2
STEPS = {
    4: ("派出所长到场", (Role.WATCH_COMMANDER,), 0, None, 0),
    3: ("通知街道，设内圈警戒", (Role.WATCH_COMMANDER, Role.COORDINATOR), 200, 1.5, 0),
    2: ("启动联动单位，备勤力量到位", (Role.WATCH_COMMANDER, Role.COORDINATOR, Role.LEADER), 500, 2.0, 1),
    1: ("县领导指挥，备勤全部出动", (Role.WATCH_COMMANDER, Role.COORDINATOR, Role.LEADER), 1000, 2.0, 2),
}
"""By level: what to do, roles told, cordon in metres, times as long inside it, standby units called."""
TOLD = {2: ("fire", "medical"), 1: ("fire", "medical", "city")}


def store_command() -> None:
    """Write the plan, put the last police units on standby, and allow both overrides."""
    county = codes.normalise(names.COUNTY6)
    for level, (words, roles, cordon, slowdown, units) in STEPS.items():
        agencies = list(Agency.objects.in_county(names.COUNTY6).filter(kind__in=TOLD.get(level, ())))
        save_step(
            county, "", level, None, agencies=agencies, roles=[str(role) for role in roles],
            cordon_m=cordon, slowdown=slowdown, standby_units=units, instruction=words,
        )  # fmt: skip
    police = Unit.objects.in_county(names.COUNTY6).filter(agency__kind=Agency.Kind.POLICE)
    for unit in police.order_by("-call_sign")[:STANDBY]:
        set_standby(unit, on=True, actor=None)
    set_overrides(county, OverridePolicy.Rule.values, None)
