"""What a type asks for at a priority: capabilities with numbers, units in all, check-in of crews."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.models.taxonomy import Priority


class RunCard(models.Model):
    """A county's run card for a type and a priority; without one the type's own needs hold.

    It names the type by its code: the county may edit its own copy of a shared type at any time.
    """

    county = models.CharField(_("county"), max_length=6)
    type_code = models.SlugField(_("type"), max_length=40)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
    capabilities = models.JSONField(
        _("capabilities asked for"), default=dict, blank=True, help_text=_("number of units by capability")
    )
    units = models.PositiveSmallIntegerField(_("units"), default=1)
    check_in_min = models.PositiveSmallIntegerField(
        _("check-in every (min)"),
        null=True,
        blank=True,
        help_text=_("empty: as the county's standards say; 0: never"),
    )

    class Meta:
        verbose_name = _("run card")
        verbose_name_plural = _("run cards")
        ordering: ClassVar = ["county", "type_code", "priority"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "type_code", "priority"], name="one_run_card_each"),
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.type_code} P{self.priority}"
