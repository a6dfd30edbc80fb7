"""A call on which nobody spoke, or that ended before it was answered: to be rung back."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.encrypted import EncryptedTextField
from anlan.service.incidents.models.incident import Incident
from anlan.service.scope import ScopedQuerySet


class QuietCall(models.Model):
    """A silent or abandoned call and the task to ring back, until an outcome ends it."""

    class Kind(models.TextChoices):
        SILENT = "silent", _("Silent")
        ABANDONED = "abandoned", _("Abandoned")

    class Outcome(models.TextChoices):
        INCIDENT = "incident", _("Became an incident")
        NO_NEED = "no_need", _("Reached, no help needed")
        NOT_REACHED = "not_reached", _("Not reached")
        NO_NUMBER = "no_number", _("No number to ring")

    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    county = models.CharField(_("county"), max_length=6)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    callback = EncryptedTextField(_("callback number"), blank=True, default="")
    heard = models.TextField(_("what was heard"), blank=True, default="")
    received_at = models.DateTimeField(_("received"))
    rang_at = models.DateTimeField(_("rang"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken by")
    )
    tries = models.PositiveSmallIntegerField(_("times rung back"), default=0)
    tried_at = models.DateTimeField(_("last rung back"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, default="")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("incident")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("silent or abandoned call")
        verbose_name_plural = _("silent and abandoned calls")
        ordering: ClassVar = ["received_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.received_at:%Y-%m-%d %H:%M:%S}"
