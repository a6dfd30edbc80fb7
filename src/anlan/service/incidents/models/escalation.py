"""Response levels IV to I: what each sets off, and at which an incident stands."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models.incident import Incident
from anlan.service.places.models import RoadClosure
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Agency, Role, Unit


class Level(models.IntegerChoices):
    """I is the gravest; 0 stands for an everyday incident."""

    NONE = 0, _("no level")
    FOURTH = 4, _("Level IV")
    THIRD = 3, _("Level III")
    SECOND = 2, _("Level II")
    FIRST = 1, _("Level I")


LEVELS = [(value, label) for value, label in Level.choices if value]
FACTOR_HELP = _("for our own vehicles, inside the cordon; empty: closed to them too")


class EscalationStep(models.Model):
    """What a level sets off in a county, for one type of incident or (`type_code` empty) for every other."""

    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    type_code = models.SlugField(_("incident type"), max_length=40, blank=True, default="")
    level = models.PositiveSmallIntegerField(_("level"), choices=LEVELS)
    roles = models.JSONField(_("roles notified"), default=list, blank=True)
    agencies = models.ManyToManyField(
        Agency, related_name="+", blank=True, verbose_name=_("agencies notified")
    )
    cordon_m = models.PositiveIntegerField(_("cordon radius (m)"), default=0, help_text=_("0: no cordon"))
    slowdown = models.FloatField(_("times as long"), null=True, blank=True, help_text=FACTOR_HELP)
    standby_units = models.PositiveSmallIntegerField(_("standby units called"), default=0)
    instruction = models.CharField(_("what to do"), max_length=500, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation plan")
        ordering: ClassVar = ["area_code", "type_code", "-level"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area_code", "type_code", "level"], name="escalation_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.type_code or '*'} {self.get_level_display()}"


class IncidentLevel(models.Model):
    """At which level an incident stands, with the cordon that belongs to it."""

    incident = models.OneToOneField(
        Incident, models.CASCADE, primary_key=True, related_name="escalation", verbose_name=_("incident")
    )
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.NONE)
    since = models.DateTimeField(_("since"))
    reason = models.CharField(_("reason"), max_length=500)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )
    cordon = models.ForeignKey(
        RoadClosure, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("cordon")
    )
    cordon_m = models.PositiveIntegerField(_("cordon radius (m)"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident level")
        verbose_name_plural = _("incident levels")

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.get_level_display()}"


class Notice(models.Model):
    """Word to a role that an incident changed its level, until somebody there has taken note."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="notices", verbose_name=_("incident"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    raised_at = models.DateTimeField(_("raised"))
    noted_at = models.DateTimeField(_("noted"), null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("noted by")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar = ["-raised_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["area_code"], name="notice_open", condition=models.Q(noted_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.get_level_display()} → {self.role}"


class StandbyUnit(models.Model):
    """A unit that is off the street and comes when it is called."""

    unit = models.OneToOneField(
        Unit, models.CASCADE, primary_key=True, related_name="standby", verbose_name=_("unit")
    )
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    since = models.DateTimeField(_("since"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit on standby")
        verbose_name_plural = _("units on standby")

    def __str__(self) -> str:
        return str(self.unit_id)
