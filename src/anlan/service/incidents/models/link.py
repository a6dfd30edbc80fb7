"""Two incidents that have to do with each other."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models.incident import Incident


class IncidentLink(models.Model):
    """A pair of related incidents, once whichever was named first: `one` is the older row."""

    one = models.ForeignKey(Incident, models.PROTECT, related_name="+", verbose_name=_("one"))
    other = models.ForeignKey(Incident, models.PROTECT, related_name="+", verbose_name=_("other"))
    made_at = models.DateTimeField(_("linked"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("linked by")
    )

    class Meta:
        verbose_name = _("link of incidents")
        verbose_name_plural = _("links of incidents")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="incidents_linked_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="link_older_first"),
        ]

    def __str__(self) -> str:
        return f"{self.one} – {self.other}"
