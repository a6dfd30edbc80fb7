"""Briefings: made, signed, published, revised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.analysis.briefing import assemble
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol import evidence
from anlan.service.patrol.domain.common import check, plain
from anlan.service.patrol.models import BeatAlert, Briefing, BriefingText
from anlan.service.patrol.subjects import Subject, subject_about, subject_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.staff.models import Account


class NotSigned(ValueError):  # noqa: N818 a state of the briefing, said to the reader
    """Only a signed briefing can be published."""


def make_briefing(
    county6: str,
    date: Date,
    actor: Account | None,
    *,
    period: str = "day",
    area: str = "",
    progress: Callable[[str], Any] = lambda _step: None,
) -> Briefing:
    """Analyse the days before the period that holds `date` and keep the result.

    The newest version is returned if nothing changed. `area` is an area's or a beat's code, "" for the
    county; `progress` is told each step.

    Raises:
        PermissionDenied: the actor may not make briefings for the area (None is the system).
        NoData: no beats, no history or no such area; the message says what to do.

    """
    subject = subject_of(county6, date, period, area)
    check(actor, "patrol.make_briefing", subject)
    progress("read")
    given = evidence.gather(county6, subject.date)
    made = assemble(given, subject.date, period=subject.period, beats=subject.beats(), progress=progress)
    progress("keep")
    return _keep(subject, plain(made), actor)


@transaction.atomic
def _keep(subject: Subject, body: dict[str, Any], actor: Account | None) -> Briefing:
    """Store a new version, unless the newest says the same."""
    newest = _versions(subject).first()
    if newest is not None and newest.body == body:
        return newest
    return _add(subject, body, actor, Verb.BRIEFING_MADE)


def _add(subject: Subject, body: dict[str, Any], actor: Account | None, verb: Verb) -> Briefing:
    last = _versions(subject).aggregate(last=Max("version"))["last"] or 0
    made = Briefing.objects.create(
        **subject.fields, version=last + 1, made_at=timezone.now(), made_by=actor, body=body
    )
    if subject.whole_county:
        BeatAlert.objects.bulk_create([_alert(made, row) for row in body["colours"]])
    _log(verb, made, actor)
    return made


@transaction.atomic
def revise_briefing(briefing: Briefing, actor: Account) -> Briefing:
    """Make an unsigned version with the same findings and words, to be edited anew.

    Raises:
        PermissionDenied: the actor may not edit in the area.

    """
    check(actor, "patrol.edit_briefing", briefing)
    made = _add(subject_about(briefing), briefing.body, actor, Verb.BRIEFING_REVISED)
    newest = {row.key: row for row in briefing.texts.order_by("revision")}
    BriefingText.objects.bulk_create(
        BriefingText(
            briefing=made, key=row.key, text=row.text, written_at=row.written_at, written_by=row.written_by
        )
        for row in newest.values()
    )
    return made


@transaction.atomic
def sign_briefing(briefing: Briefing, actor: Account) -> Briefing:
    """Sign a version: its words stand from now on. Doing so again changes nothing.

    Raises:
        PermissionDenied: the actor may not sign in the area.

    """
    check(actor, "patrol.sign_briefing", briefing)
    unsigned = Briefing.objects.filter(pk=briefing.pk, signed_at=None)
    if unsigned.update(signed_at=timezone.now(), signed_by=actor):
        _log(Verb.BRIEFING_SIGNED, briefing, actor)
    briefing.refresh_from_db()
    return briefing


@transaction.atomic
def publish_briefing(briefing: Briefing, actor: Account) -> Briefing:
    """Publish a signed version; doing so again changes nothing.

    Raises:
        PermissionDenied: the actor may not publish in the area.
        NotSigned: nobody has signed it.

    """
    check(actor, "patrol.publish_briefing", briefing)
    signed = Briefing.objects.filter(pk=briefing.pk, published_at=None, signed_at__isnull=False)
    if signed.update(published_at=timezone.now(), published_by=actor):
        _log(Verb.BRIEFING_PUBLISHED, briefing, actor)
    briefing.refresh_from_db()
    if briefing.published_at is None:
        raise NotSigned(_("An analyst signs the briefing before it is published."))
    return briefing


def _versions(subject: Subject) -> Any:
    return Briefing.objects.filter(**subject.fields).order_by("-version")


def _log(verb: Verb, briefing: Briefing, actor: Account | None) -> None:
    data = {
        "date": briefing.date.isoformat(), "period": briefing.period, "beat": briefing.beat_code,
        "version": briefing.version,
    }  # fmt: skip
    log.append(verb, briefing, actor=actor, area_code=briefing.area_code, data=data)


def _alert(briefing: Briefing, row: dict[str, Any]) -> BeatAlert:
    alert = row["alert"]
    expected = {beat["beat_code"]: beat["expected"] for beat in briefing.body["expected"]}
    return BeatAlert(
        briefing=briefing, beat_code=alert["beat_code"], area_code=briefing.area_code, colour=alert["colour"],
        expected=expected.get(alert["beat_code"], 0.0), p_value=alert["p"], reason=row,
        method=briefing.body["methods"]["colours"],
    )  # fmt: skip
