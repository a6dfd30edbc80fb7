"""What lies on the duty room's desk when the day begins.

Calls for later, quiet calls, alarms, requests to partner agencies in every state, and the sheet with which
the night's watch was handed over.

The simulated commander is behind all that waits for an answer: the live day leaves those to visitors.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from anlan.demo.accounts import colleague
from anlan.demo.generate import names
from anlan.demo.live.calls import Calls
from anlan.demo.load.devices import FEED
from anlan.engine.geo import codes
from anlan.gateway import alarms
from anlan.gateway.files import taxonomy
from anlan.service.incidents import domain
from anlan.service.incidents.domain import feeds, linkage, watch
from anlan.service.incidents.domain.escalation import set_level
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import (
    Feed,
    Incident,
    IncidentType,
    Linkage,
    QuietCall,
    ScheduledCall,
    Watch,
)
from anlan.service.staff.models import Account, Agency

if TYPE_CHECKING:
    from datetime import date

    from anlan.demo.generate import DemoCounty

SAID = uuid.UUID("9a3c4d0e-52b7-4f0c-8a0f-0f0c1a2b3c4d")
JOINT, HANDOVER = Linkage.Kind.JOINT, Linkage.Kind.HANDOVER
LATER = (
    # minutes from now, type, what is asked for
    (20, "congestion", "路口信号灯检修，请派人疏导"),
    (90, "noise", "请复查夜间施工是否停止"),
    (210, "disturbance", "集市散场，请派人维护秩序"),
    (1500, "road-hazard", "桥面检修半幅封闭，请派人值守"),
)
QUIET = (
    # kind, minutes ago, seconds until answered, number, what was heard, times rung back, outcome
    ("silent", 38, 5, "00000001", "只听到电视声", 0, "no_need"),
    ("abandoned", 24, None, "00000002", "", 2, ""),
    ("silent", 11, 8, "00000003", "呼吸声，无人说话", 0, ""),
    ("abandoned", 4, None, "", "", 0, ""),
)
"""The numbers are none: no telephone number begins so."""
ALARMS = ((alarms.RAISED, "D-001", "二层烟感报警"), (alarms.RAISED, "D-001", "三层烟感报警"),
          (alarms.TEST, "D-002", "月度测试"), (alarms.RAISED, "D-900", "未登记的设备"))  # fmt: skip
FASTER = {1: 60, 2: 60}
"""Within how many seconds the city's managers have to accept, by priority: those of the demo will be late."""
ASKED = (
    # incident, agency, kind, task, then the answers: (step, words)
    ("gas-leak", "fire", JOINT, "设警戒区，疏散楼内人员", (("accept", ""), ("say", "已到场，正在检测"))),
    ("gas-leak", "gas", JOINT, "关闭上级阀门", (("accept", ""), ("complete", "阀门已关闭，浓度下降"))),
    ("gas-leak", "medical", JOINT, "现场待命，可能有人不适", ()),
    ("animal", "fire", HANDOVER, "屋檐下有马蜂窝，请前往处理", ()),
    ("manhole", "city", HANDOVER, "井盖缺失，请立即设围挡并补装", ()),
    ("street-vending", "city", HANDOVER, "占道经营，请到场疏导", (("accept", ""), ("say", "半小时内到"))),
    ("waste", "city", HANDOVER, "路口垃圾堆积，请清运", (("refuse", "该路段属邻县管辖"),)),
    ("utility-failure", "water", JOINT, "主管漏水，请抢修", (("accept", ""), ("complete", "已恢复供水"))),
    ("utility-failure", "power", JOINT, "泵房停电，请查线路", (("accept", ""), ("give_back", "属用户线路"))),
)
REMARKS = "夜间平稳。燃气泄漏处置中，关注疏散；城管接收超时，请催办。"


@dataclass(frozen=True)
class Desk:
    """The day's desk: where its calls come from, and under which keys they are kept."""

    calls: Calls
    day: date

    def key(self, what: str) -> uuid.UUID:
        """The key of something on the desk; made again the same day it is the same."""
        return uuid.uuid5(SAID, f"{self.calls.demo.seed} {self.day} {what}")

    def call(self, code: str, details: str) -> dict[str, Any]:
        """The facts of a call of a type."""
        said = self.calls.of(next(entry for entry in self.calls.types if entry.code == code))
        return {
            "county": names.COUNTY6, "type": IncidentType.objects.get(county="", code=code),
            "address": said.address, "details": details, "lon": said.lon, "lat": said.lat,
            "client_key": self.key(code),
        }  # fmt: skip


def who(name: str) -> Account:
    """One of the simulated staff."""
    return Account.objects.get(username=name)


def calls_of(demo: DemoCounty, day: date) -> Calls:
    """What draws the desk's calls: by seed and day the same."""
    return Calls(demo, taxonomy.load(), np.random.default_rng([demo.seed, 3, day.toordinal()]))


@transaction.atomic
def fill_desk(demo: DemoCounty, day: date) -> None:
    """Put all on the desk, or nothing; what was put there before, that day, stays as it became."""
    desk = Desk(calls_of(demo, day), day)
    if ScheduledCall.objects.filter(client_key=desk.key("later 0")).exists():
        return
    begin_watch()
    store_later(desk)
    store_quiet(desk)
    store_alarms(desk)
    store_asked(desk)
    hand_over()


def store_later(desk: Desk) -> None:
    """Schedule calls, most of them for later today."""
    for number, (minutes, code, details) in enumerate(LATER):
        facts = desk.call(code, details) | {"client_key": desk.key(f"later {number}")}
        domain.schedule_call(who("sim-call-taker"), timezone.now() + timedelta(minutes=minutes), **facts)


def store_quiet(desk: Desk) -> None:
    """Note the silent and abandoned calls of the last hour, some rung back already."""
    actor = who("sim-commander")
    for number, (kind, minutes, wait, callback, heard, tries, outcome) in enumerate(QUIET):
        rang = timezone.now() - timedelta(minutes=minutes)
        answered = None if wait is None else rang + timedelta(seconds=wait)
        call = domain.take_quiet(
            actor, names.COUNTY6, QuietCall.Kind(kind), desk.key(f"quiet {number}"), callback=callback,
            heard=heard, received_at=answered or rang, rang_at=rang, answered_at=answered,
        )  # fmt: skip
        for before in range(tries):
            domain.tried(call, actor, before)
        if outcome:
            domain.end_quiet(call, outcome, actor)


def store_alarms(desk: Desk) -> None:
    """Let the monitoring centre send an alarm, its repeat, a test, and one of an unknown device."""
    feed = Feed.objects.get(code=FEED)
    for number, (kind, device, text) in enumerate(ALARMS):
        send_alarm(feed, str(desk.key(f"alarm {number}")), alarms.Alarm(kind, device, text))


def send_alarm(feed: Feed, message: str, alarm: alarms.Alarm) -> None:
    """Take an alarm as the feed's address does; one that is refused stands in the feed's list."""
    try:
        feeds.receive(feed, message, lambda held, key: feeds.take_alarm(held, key, alarm))
    except Refused:
        return


def store_asked(desk: Desk) -> None:
    """Take the calls in which partner agencies take part, ask them, and let some have answered."""
    partners = {agency.code: agency for agency in Agency.objects.in_county(names.COUNTY6)}
    domain.set_deadlines(names.COUNTY6, partners["city"], FASTER, None)
    taken: dict[str, Incident] = {}
    for code, agency, kind, task, answers in ASKED:
        if code not in taken:
            taken[code] = take(desk.call(code, task))
        asked = linkage.offer(
            taken[code], partners[agency], who("sim-commander"), task=task, kind=kind,
            client_key=desk.key(f"{code} {agency}"),
        )  # fmt: skip
        for step, words in answers:
            answer(asked, step, words, who(colleague(agency)))
    set_level(taken["gas-leak"], 4, "居民楼内燃气泄漏", who("sim-commander"), confirmed=True)


def take(facts: dict[str, Any]) -> Incident:
    """Take a call that rang and was answered a moment ago."""
    answered = timezone.now() - timedelta(seconds=20)
    moments = {"rang_at": answered - timedelta(seconds=6), "answered_at": answered}
    return domain.take_call(who("sim-call-taker"), **facts, **moments)


def answer(asked: Linkage, step: str, words: str, actor: Account) -> None:
    """Let the agency's colleague take a step; only accepting needs no words."""
    if step == "accept":
        linkage.accept(asked, actor)
    else:
        getattr(linkage, step)(asked, words, actor)


def begin_watch() -> None:
    """Let the night's commander hold the watch, where nobody ever has."""
    county = codes.normalise(names.COUNTY6)
    if not Watch.objects.filter(area_code=county).exists():
        watch.take_watch(county, who("sim-night"))


def hand_over() -> None:
    """Let the night's commander hand the watch over, with its sheet, to the day's."""
    held = Watch.objects.filter(area_code=codes.normalise(names.COUNTY6), ended_at=None).first()
    if held is None or held.commander != who("sim-night"):
        return
    key = uuid.uuid5(SAID, f"watch {held.pk}")
    offered = watch.offer_handover(held, REMARKS, held.commander, key)
    watch.accept_handover(offered, who("sim-commander"))
