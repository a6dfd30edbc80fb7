"""What a phone has sent: each action is answered once and for all."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.staff.models import Unit


class Receipt(models.Model):
    """The answer to one action of a phone, written with what the action changed.

    A phone that lost the answer sends the action again and is told the same, and nothing is done twice.
    """

    class State(models.TextChoices):
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        ASKS = "asks", _("asks for a confirmation")

    client_key = models.UUIDField(unique=True, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=16)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DONE)
    reason = models.TextField(_("reason"), blank=True, default="")
    field = models.CharField(_("field"), max_length=40, blank=True, default="")
    done_at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received"), db_index=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering: ClassVar = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.client_key} {self.state}"
