"""What is reported: the county's types, their categories and priorities."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.gateway.files import script
from anlan.service.names import Named

if TYPE_CHECKING:
    from anlan.engine.dispatch.script import Question


class Priority(models.IntegerChoices):
    """1 is the most urgent."""

    EMERGENCY = 1, _("1 emergency")
    URGENT = 2, _("2 urgent")
    ROUTINE = 3, _("3 routine")
    DEFERRED = 4, _("4 deferred")

    @property
    def word(self) -> str:
        """The label without its number, for beside the number's badge."""
        return str(self.label).removeprefix(str(self.value)).strip()


class Source(models.TextChoices):
    """Who brought it: only what residents reported feeds forecasts and colours."""

    RESIDENT = "resident", _("Reported by residents")
    OFFICER = "officer", _("Found by officers")


class Category(models.TextChoices):
    """Upper level of the taxonomy; the county edits the types below it."""

    EIGHT = "eight", _("Eight grave offences")
    ROBBERY = "robbery", _("Robbery")
    THEFT = "theft", _("Theft")
    FRAUD = "fraud", _("Fraud")
    VIOLENCE = "violence", _("Assault and injury")
    DAMAGE = "damage", _("Damage")
    DISORDER = "disorder", _("Disorder")
    DRUGS = "drugs", _("Drugs and gambling")
    TRAFFIC = "traffic", _("Traffic")
    FIRE = "fire", _("Fire")
    RESCUE = "rescue", _("Rescue and medical")
    HELP = "help", _("Help")
    CITY = "city", _("Urban management")
    OTHER = "other", _("Other")


class IncidentType(Named):
    """An entry of the county's taxonomy. Codes are shared with the history files."""

    county = models.CharField(
        _("county"), max_length=6, blank=True, default="", help_text=_("empty: every county")
    )
    code = models.SlugField(_("code"), max_length=40)
    category = models.CharField(_("category"), max_length=12, choices=Category)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.ROUTINE)
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.RESIDENT)
    capabilities = models.JSONField(_("capabilities asked for"), default=list, blank=True)
    units_needed = models.PositiveSmallIntegerField(_("units"), default=1)
    questions = models.JSONField(
        _("questions"), null=True, blank=True, help_text=_("empty: those that come with Anlan")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("incident type")
        verbose_name_plural = _("incident types")
        ordering: ClassVar = ["category", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "code"], name="type_code_once_per_county"),
        ]

    @property
    def script(self) -> tuple[Question, ...]:
        """The questions to ask: the county's, else those that come with Anlan."""
        if self.questions is None:
            return script.built_in(self.code, self.category)
        return script.from_json(self.questions)
