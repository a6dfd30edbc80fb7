"""What a level would set off by the county's plan, and which notices wait for a reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.geo import codes
from anlan.service.incidents.domain.numbers import county_zone
from anlan.service.incidents.models import (
    Assignment,
    EscalationStep,
    Incident,
    IncidentLevel,
    Level,
)
from anlan.service.incidents.queries.near import metres
from anlan.service.staff.models import Agency, Role, Unit

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.staff.models import Account


@dataclass(frozen=True)
class Effects:
    """All that a change of level sets off; `forces` are those of the day's joint plan that stand by."""

    level: int
    step: EscalationStep | None
    roles: list[str] = field(default_factory=list)
    agencies: list[Agency] = field(default_factory=list)
    cordon_m: int = 0
    slowdown: float | None = None
    asked: int = 0
    called: list[Unit] = field(default_factory=list)
    forces: list[dict[str, Any]] = field(default_factory=list)
    pinless: bool = False

    def words(self, row: IncidentLevel) -> list[str]:
        """Return what the reader confirms, a sentence each."""
        to = {"before": row.get_level_display(), "after": Level(self.level).label}
        told = [_("From %(before)s to %(after)s?") % to]
        if self.level and self.step is None:
            told.append(_("The county has no plan for this level: only the level is noted."))
        told += self._people() + self._cordon(row)
        return told

    def _people(self) -> list[str]:
        told = []
        names = [str(dict(Role.choices)[role]) for role in self.roles]
        names += [agency.label for agency in self.agencies]
        if names:
            told.append(_("Notified: %(names)s.") % {"names": ", ".join(names)})
        if self.asked:
            facts = {"units": ", ".join(unit.call_sign for unit in self.called) or "–", "asked": self.asked}
            told.append(_("Standby units called: %(units)s (the plan asks for %(asked)s).") % facts)
        if self.forces:
            forces = ", ".join(f"{one['people']} {one['force']}" for one in self.forces)
            told.append(_("Forces on standby by the joint plan: %(forces)s.") % {"forces": forces})
        return told

    def _cordon(self, row: IncidentLevel) -> list[str]:
        if self.pinless:
            return [_("No cordon: the incident has no pin.")]
        if self.cordon_m and self.cordon_m != row.cordon_m:
            how = _("closed to all vehicles") if self.slowdown is None else _("slowed for our own vehicles")
            facts = {"metres": self.cordon_m, "how": how}
            return [_("Cordon of %(metres)s m: all roads in it are %(how)s.") % facts]
        if row.cordon_m and not self.cordon_m:
            return [_("The cordon of %(metres)s m is lifted.") % {"metres": row.cordon_m}]
        return []


def step_for(incident: Incident, level: int) -> EscalationStep | None:
    """Return what the county has planned for this type and level, else for every type."""
    rows = EscalationStep.objects.filter(area_code=codes.normalise(incident.county), level=level)
    chosen = {row.type_code: row for row in rows.filter(type_code__in=["", incident.type.code])}
    return chosen.get(incident.type.code) or chosen.get("")


def graver(level: int, than: int) -> bool:
    """Whether a level is above another: I is the gravest, 0 is none."""
    return level != 0 and (than == 0 or level < than)


def roles_of(step: EscalationStep | None) -> list[str]:
    """Return the roles that a step notifies."""
    return [] if step is None else [role for role in step.roles if role in Role.values]


def effects(incident: Incident, level: int, before: int, actor: Account) -> Effects:
    """Return what a change of level sets off; only a raise calls units, who was told hears of the end too."""
    step = step_for(incident, level) if level else None
    if step is None:
        told = step_for(incident, before) if before and not level else None
        return Effects(
            level, None, roles=roles_of(told), agencies=[] if told is None else list(told.agencies.all())
        )
    pinned = incident.lon is not None and incident.lat is not None
    asked = step.standby_units if graver(level, before) else 0
    return Effects(
        level, step,
        roles=roles_of(step),
        agencies=list(step.agencies.all()),
        cordon_m=step.cordon_m if pinned else 0,
        slowdown=step.slowdown,
        asked=asked,
        called=standby_units(incident, actor)[:asked],
        forces=standby_forces(incident.county) if asked else [],
        pinless=step.cordon_m > 0 and not pinned,
    )  # fmt: skip


def standby_units(incident: Incident, actor: Account) -> list[Unit]:
    """Return the units on standby that are free, the nearest post first, those without a post last."""
    rows = Unit.objects.in_county(incident.county).visible_to(actor).filter(standby__isnull=False)
    busy = Assignment.objects.filter(ended_at=None).values("unit")
    free = list(rows.exclude(pk__in=busy).order_by("call_sign"))
    if incident.lon is None or incident.lat is None:
        return free

    def away(unit: Unit) -> float:
        if unit.post_lon is None or unit.post_lat is None:
            return float("inf")
        return metres(incident.lon, incident.lat, unit.post_lon, unit.post_lat)  # type: ignore[arg-type]

    return sorted(free, key=away)


def standby_forces(county: str) -> list[dict[str, Any]]:
    """Return the forces that the approved joint plan has on standby in the shift that runs."""
    from anlan.service.planning.joint import queries as joint  # noqa: PLC0415  planning imports incidents
    from anlan.service.planning.joint.words import Words  # noqa: PLC0415

    now = timezone.now().astimezone(county_zone(county))
    found = []
    for date in (now.date(), now.date() - timedelta(days=1)):
        plan = joint.in_force(county, date)
        if plan is None or not plan.possible:
            continue
        names, day = Words(plan), (date - plan.first).days
        running = {one["code"] for one in plan.body["shifts"] if runs(one, now, date)}
        kinds = {(one["code"], one["day"], one["shift"]): one["kind"] for one in plan.body["cells"]}
        found += [
            {"force": names.force(one["force"]), "people": one["people"], "task": names.task(one["code"])}
            for one in plan.body["result"]["sent"]
            if one["day"] == day and one["shift"] in running
            and kinds.get((one["code"], day, one["shift"])) == "standby"
        ]  # fmt: skip
    return found


def runs(shift: dict[str, Any], now: datetime, date: Date) -> bool:
    """Whether a shift of a date runs at a moment on the county's clock."""
    midnight = datetime.combine(date, time(), now.tzinfo)
    minutes = (now - midnight).total_seconds() / 60
    return bool(shift["start_min"] <= minutes < shift["start_min"] + shift["minutes"])


def levels(county: str, account: Account) -> list[IncidentLevel]:
    """Return the incidents of the queue that stand on a level, the gravest first."""
    rows = IncidentLevel.objects.in_county(county).visible_to(account).filter(level__gt=0)
    rows = rows.exclude(incident__status=Incident.Status.CLOSED)
    return list(rows.select_related("incident__type", "cordon").order_by("level", "since"))
