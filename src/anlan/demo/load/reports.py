"""A few problems of places that crews reported, so that the ledger has something to deal with."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils import timezone

from anlan.demo.generate import names
from anlan.service.patrol.domain import Problem, report_place
from anlan.service.places.models import PatrolPoint
from anlan.service.staff.models import Unit

SAID = uuid.UUID("b4f0c1a2-6a57-4d0e-9d83-3f6f4a5f7c11")
PROBLEMS = (
    ("light", "两盏路灯不亮"), ("blocked", "消防通道被货物堵住"), ("lock", "围栏破损，可以钻入"),
    ("road", "井盖松动"), ("sign", "停车让行标志被树枝遮挡"),
)  # fmt: skip


def store_reports() -> None:
    """Let the county's first units report a problem each at a patrol point, over the last hours."""
    units = Unit.objects.in_county(names.COUNTY6).filter(call_sign__startswith="P").order_by("call_sign")
    points = PatrolPoint.objects.in_county(names.COUNTY6).order_by("code").defer("geometry")
    for number, ((kind, words), unit, point) in enumerate(zip(PROBLEMS, units, points, strict=False)):
        problem = Problem(kind, words, point.name, point.lon, point.lat)
        at = timezone.now() - timedelta(hours=1 + 3 * number)
        report_place(unit, problem, uuid.uuid5(SAID, kind), None, at=at)
