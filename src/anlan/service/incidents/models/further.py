"""A further call about an incident that was reported before."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.encrypted import EncryptedTextField
from anlan.service.incidents.models.incident import Incident
from anlan.service.scope import ScopedQuerySet


class FurtherCall(models.Model):
    """What somebody else who rang about the same event said, and where to reach them until it is purged."""

    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="further_calls", verbose_name=_("incident")
    )
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    channel = models.CharField(
        _("channel"), max_length=8, choices=Incident.Channel, default=Incident.Channel.PHONE
    )
    address = models.CharField(_("address as said"), max_length=300, blank=True, default="")
    words = models.TextField(_("what was said"), blank=True, default="")
    callback = EncryptedTextField(_("callback number"), blank=True, default="")
    received_at = models.DateTimeField(_("received"))
    rang_at = models.DateTimeField(_("rang"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken by")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("further call")
        verbose_name_plural = _("further calls")
        ordering: ClassVar = ["received_at", "pk"]

    def __str__(self) -> str:
        return f"{self.incident} {self.received_at:%H:%M:%S}"
