"""Webhooks: where an agency is told of its linkages, and the outbox of what it is told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.encrypted import EncryptedTextField
from anlan.service.log.models import Event
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Agency


class Endpoint(models.Model):
    """An address of an agency's own system that is told, signed, of what the agency may know."""

    class Form(models.TextChoices):
        ANLAN = "anlan", _("Anlan's own data")
        EIDO = "eido", _("NENA EIDO-JSON")

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="endpoints", verbose_name=_("agency"))
    url = models.CharField(_("address"), max_length=500)
    secret = EncryptedTextField(_("secret"))
    events = models.JSONField(_("events"), default=list)
    form = models.CharField(_("form"), max_length=8, choices=Form, default=Form.ANLAN)
    active = models.BooleanField(_("in use"), default=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("disabled after failures"), null=True, blank=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering: ClassVar = ["agency", "pk"]

    def __str__(self) -> str:
        return f"{self.agency} {self.url}"


class Delivery(models.Model):
    """One message to one endpoint: written with the event it tells of, sent by the worker.

    `next_at` is when it may be tried (again); the worker claims it by moving that on.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Delivered")
        FAILED = "failed", _("Given up")

    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+", verbose_name=_("event"))
    message_id = models.CharField(_("message"), max_length=64)
    verb = models.CharField(_("what"), max_length=40)
    body = models.TextField(_("body"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField(_("written"))
    next_at = models.DateTimeField(_("next try"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    answered = models.PositiveSmallIntegerField(_("last answer"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=300, blank=True, default="")
    sent_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="delivery_due", condition=models.Q(status="waiting")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "message_id"], name="message_once_per_endpoint"),
        ]

    def __str__(self) -> str:
        return self.message_id
