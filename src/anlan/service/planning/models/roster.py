"""Rosters: the members of teams, when they are away, what they wish, and who serves when."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.planning.models.version import Span
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Team


class Member(models.Model):
    """A place on a team's roster: a service code, what it can do, its contract. Names stay with accounts."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name=_("team"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True, editable=False)
    code = models.CharField(_("code"), max_length=20, help_text=_("as on the duty sheet: A-03"))
    group = models.CharField(
        _("group"), max_length=20, blank=True, default="",
        help_text=_("members of a group turn through a pattern together"),
    )  # fmt: skip
    skills = models.JSONField(_("skills"), default=list, blank=True)
    weekly_minutes = models.PositiveIntegerField(_("weekly minutes"), default=2400)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="memberships",
        verbose_name=_("account"),
    )  # fmt: skip
    active = models.BooleanField(_("active"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")
        ordering: ClassVar = ["team__code", "group", "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "code"], name="member_code_once")]

    def __str__(self) -> str:
        return self.code


class Absence(models.Model):
    """Days on which a member does not serve; why is told only as far as planning needs it."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("Leave")
        COURSE = "course", _("Course")
        OTHER = "other", _("Otherwise away")

    member = models.ForeignKey(Member, models.CASCADE, related_name="absences", verbose_name=_("member"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.LEAVE)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering: ClassVar = ["first", "member_id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="absence_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.first}–{self.last}"


class Wish(models.Model):
    """A member would like to have, or not to have, a shift on a day ("" is any duty)."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="wishes", verbose_name=_("member"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True, editable=False)
    date = models.DateField(_("date"))
    shift = models.CharField(_("shift"), max_length=20, blank=True, default="")
    want = models.BooleanField(_("wants it"), default=False)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering: ClassVar = ["date", "member_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "date", "shift"], name="wish_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.date} {self.shift}"


class Roster(Span):
    """One version of who serves when, for some teams over some days; a change by hand adds a version."""

    teams = models.ManyToManyField(Team, related_name="rosters", verbose_name=_("teams"))
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children", verbose_name=_("made from")
    )

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        ordering: ClassVar = ["-first", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area_code", "first", "version"], name="roster_version_once"),
        ]
