"""Partner agencies in the live day: the dispatcher asks, their colleagues answer, the dispatcher follows up.

What somebody else asked of an agency waits for the agency's own desk: a visitor finds something to answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.demo.accounts import PARTNERS, colleague
from anlan.demo.generate import names
from anlan.service.incidents import domain
from anlan.service.incidents.domain import linkage
from anlan.service.incidents.models import Incident, Linkage
from anlan.service.incidents.queries.linkage import ANSWERS
from anlan.service.staff.models import Agency

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.demo.live.day import Day

L = Linkage.Status
JOINT, HANDOVER = Linkage.Kind.JOINT, Linkage.Kind.HANDOVER
ASKED = {
    "gas-leak": ("gas", JOINT, "关闭上级阀门，到场检测"),
    "building-fire": ("power", JOINT, "切断该处供电"),
    "outdoor-fire": ("fire", JOINT, "请增派水罐车"),
    "accident-injury": ("medical", JOINT, "现场有人受伤，请再派一辆救护车"),
    "road-hazard": ("city", JOINT, "路面有障碍物，请派人清理"),
    "waste": ("city", HANDOVER, "垃圾堆积，请清运"),
    "dust-smoke": ("city", HANDOVER, "油烟扰民，请到场查处"),
    "street-vending": ("city", HANDOVER, "占道经营，请到场疏导"),
    "animal": ("fire", HANDOVER, "动物伤人，请到场处置"),
    "utility-failure": ("water", JOINT, "停水，请派人抢修"),
}
"""By type of incident: which agency, a handover or a joint task, what it is asked."""
ASK_S, ANSWER_S, WORK_S, NOTE_S, GIVE_UP_S = 20.0, 150.0, 900.0, 120.0, 600.0
ACCEPTS, REFUSES, COMPLETES = 0.75, 0.15, 0.9
"""Shares; who neither accepts nor refuses lets the deadline pass, who does not complete returns it."""
OPEN_HANDOVERS = (L.OFFERED, L.ACCEPTED, L.COMPLETED)


def with_partners() -> QuerySet[Linkage]:
    """Handovers for which the dispatcher sends nobody: the agency is asked, has it or has done it."""
    return Linkage.objects.filter(kind=HANDOVER, status__in=OPEN_HANDOVERS)


class Partners:
    """What the agencies are about; `answers`: by linkage, how a colleague has made up the mind."""

    def __init__(self) -> None:
        self.agencies = {
            row.code: row for row in Agency.objects.in_county(names.COUNTY6).filter(code__in=PARTNERS)
        }
        self.answers: dict[int, str] = {}

    def go(self, day: Day, now: datetime) -> None:
        """Let everybody do the next step whose time has come."""
        dispatches = not day.visitor.dispatches(now)
        if dispatches:
            self.ask(day, now)
        rows = Linkage.objects.in_county(names.COUNTY6).filter(offered_by=day.people["sim-dispatcher"])
        rows = rows.select_related("agency", "incident").exclude(pk__in=day.visitor.linkages)
        for row in rows.filter(ended_at=None):
            if not day.visitor.holds_agency(row.agency.code, now):
                self.work(day, row, now)
            if dispatches and row.incident_id not in day.visitor.incidents:
                self.give_up(day, row, now)
        if dispatches:
            self.take_note(day, rows, now)

    def ask(self, day: Day, now: datetime) -> None:
        """The dispatcher asks an agency about what concerns it, once."""
        rows = Incident.objects.in_county(names.COUNTY6).exclude(status=Incident.Status.CLOSED)
        for incident in rows.filter(linkages=None, type__code__in=ASKED).select_related("type"):
            agency, kind, task = ASKED[incident.type.code]
            mine = incident.pk not in day.visitor.incidents and agency in self.agencies
            if mine and day.ripe("ask", incident.pk, ASK_S, now):
                day.attempt(self.offer, day, incident, agency, kind, task)

    def offer(self, day: Day, incident: Incident, agency: str, kind: str, task: str) -> None:
        """Ask the agency."""
        linkage.offer(incident, self.agencies[agency], day.people["sim-dispatcher"], task=task, kind=kind)

    def work(self, day: Day, row: Linkage, now: datetime) -> None:
        """The agency's colleague answers, and later ends what was accepted."""
        actor = day.people[colleague(row.agency.code)]
        if row.status == L.ACCEPTED and day.ripe("work", row.pk, WORK_S, now):
            if day.rng.random() < COMPLETES:
                day.attempt(linkage.complete, row, "已到场处置完毕", actor)
            else:
                day.attempt(linkage.give_back, row, "现场需公安先行处置", actor)
        elif row.status == L.OFFERED and day.ripe("partner", row.pk, ANSWER_S, now):
            said = self.answers.setdefault(row.pk, drawn(float(day.rng.random())))
            if said == L.ACCEPTED:
                day.attempt(linkage.accept, row, actor)
            elif said == L.REFUSED:
                day.attempt(linkage.refuse, row, "力量已全部出动", actor)

    def give_up(self, day: Day, row: Linkage, now: datetime) -> None:
        """The dispatcher withdraws what has long been overdue, and telephones."""
        if row.late and day.ripe("give up", row.pk, GIVE_UP_S, now):
            day.attempt(linkage.withdraw, row, "超时未接收，改为电话通知", day.people["sim-dispatcher"])

    def take_note(self, day: Day, rows: QuerySet[Linkage], now: datetime) -> None:
        """The dispatcher takes note of answers, and closes what an agency has done to the end."""
        for row in rows.filter(status__in=ANSWERS, noted_at=None):
            if row.incident_id in day.visitor.incidents or not day.ripe("note", row.pk, NOTE_S, now):
                continue
            day.attempt(linkage.take_note, row, day.people["sim-dispatcher"])
            if row.kind == HANDOVER and row.status == L.COMPLETED and row.incident.closed_at is None:
                day.attempt(domain.close, row.incident, "transferred", day.people["sim-dispatcher"])


def drawn(chance: float) -> str:
    """How an agency answers: accepts, refuses, or (empty) lets the deadline pass."""
    if chance < ACCEPTS:
        return L.ACCEPTED
    return L.REFUSED if chance < ACCEPTS + REFUSES else ""
