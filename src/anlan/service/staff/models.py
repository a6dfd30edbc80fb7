"""Accounts and what they may do where; agencies, teams and the units they send."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo import codes
from anlan.service.names import Named
from anlan.service.scope import ScopedQuerySet

if TYPE_CHECKING:
    from collections.abc import Iterable

AREA_CODE_HELP = _("12-digit division code; shorter codes are filled with zeros")


class Role(models.TextChoices):
    """What a member of staff is; what each may do stands in the apps' rules.py."""

    CALL_TAKER = "call_taker", _("Call-taker")
    DISPATCHER = "dispatcher", _("Dispatcher")
    WATCH_COMMANDER = "watch_commander", _("Watch commander")
    ANALYST = "analyst", _("Analyst")
    PLANNER = "planner", _("Planner")
    PATROL = "patrol", _("Patrol")
    COORDINATOR = "coordinator", _("Township coordinator")
    GRID_LEADER = "grid_leader", _("Grid leader")
    HANDLER = "handler", _("Department handler")
    INSPECTOR = "inspector", _("Inspector")
    LEADER = "leader", _("Leader")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Account(AbstractUser):
    """A member of staff who signs in. Nobody else has an account."""

    display_name = models.CharField(_("display name"), max_length=80, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def held(self) -> tuple[tuple[str, str], ...]:
        """The account's (role, area prefix) pairs, read once per request."""
        return tuple((post.role, codes.prefix(post.area_code)) for post in self.postings.all())

    def area_prefixes(self) -> tuple[str, ...]:
        """Return the prefixes of all areas the account is posted to; superusers see everything."""
        if self.is_superuser:
            return ("",)
        return tuple(sorted({prefix for _role, prefix in self.held}))

    def holds(self, roles: Iterable[str], area_code: str | None = None) -> bool:
        """Whether one posting has one of the roles and, if given, covers the area code."""
        wanted = set(roles)
        return any(
            role in wanted and (area_code is None or area_code.startswith(prefix))
            for role, prefix in self.held
        )


class Agency(Named):
    """An organisation that sends units or takes over incidents: police station, fire, city management."""

    class Kind(models.TextChoices):
        POLICE = "police", _("Police")
        FIRE = "fire", _("Fire and rescue")
        MEDICAL = "medical", _("Ambulance")
        CITY = "city", _("City management")
        WATER = "water", _("Water supply")
        POWER = "power", _("Power supply")
        GAS = "gas", _("Gas supply")
        UTILITY = "utility", _("Utility")
        NEIGHBOUR = "neighbour", _("Neighbouring county")
        COMMUNITY = "community", _("Community")
        OTHER = "other", _("Other")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.POLICE)
    area_code = models.CharField(_("area"), max_length=12, db_index=True, help_text=AREA_CODE_HELP)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering: ClassVar = ["code"]


class Posting(models.Model):
    """One role of one account in one area, on behalf of one agency."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="postings", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    area_code = models.CharField(_("area"), max_length=12, db_index=True, help_text=AREA_CODE_HELP)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, verbose_name=_("agency"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering: ClassVar = ["account_id", "role", "area_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "role", "area_code"], name="posting_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.get_role_display()} {self.area_code}"


class Team(Named):
    """People who work one roster: a squad, a community team, a guard post."""

    class Kind(models.TextChoices):
        SQUAD = "squad", _("Police squad")
        COMMUNITY = "community", _("Community team")
        GUARDS = "guards", _("Guard post")
        VOLUNTEERS = "volunteers", _("Volunteers")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.SQUAD)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="teams", verbose_name=_("agency"))
    area_code = models.CharField(_("area"), max_length=12, db_index=True, help_text=AREA_CODE_HELP)
    strength = models.PositiveIntegerField(_("strength"), default=0, help_text=_("number of people"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering: ClassVar = ["code"]


class Capability(models.TextChoices):
    """What a unit can do; run cards ask for these."""

    PATROL = "patrol", _("Patrol")
    TRAFFIC = "traffic", _("Traffic")
    ARMED = "armed", _("Armed response")
    INVESTIGATION = "investigation", _("Investigation")
    FIRE = "fire", _("Fire fighting")
    RESCUE = "rescue", _("Rescue")
    MEDICAL = "medical", _("Medical")
    CITY = "city", _("City management")


class Unit(models.Model):
    """What is dispatched. Its status is derived from its assignments, never stored here."""

    class Vehicle(models.TextChoices):
        CAR = "car", _("Car")
        BIKE = "bike", _("Motorcycle or bicycle")
        FOOT = "foot", _("On foot")

    call_sign = models.CharField(_("call sign"), max_length=20)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="units", verbose_name=_("agency"))
    team = models.ForeignKey(
        Team, models.SET_NULL, related_name="units", null=True, blank=True, verbose_name=_("team")
    )
    area_code = models.CharField(_("area"), max_length=12, db_index=True, help_text=AREA_CODE_HELP)
    beat_code = models.CharField(_("beat"), max_length=24, blank=True, default="", db_index=True)
    vehicle = models.CharField(_("vehicle"), max_length=8, choices=Vehicle, default=Vehicle.CAR)
    capabilities = models.JSONField(_("capabilities"), default=list, blank=True)
    crew_size = models.PositiveSmallIntegerField(_("crew size"), default=2)
    crew = models.ManyToManyField(Account, related_name="units", blank=True, verbose_name=_("crew"))
    on_duty = models.BooleanField(_("on duty"), default=True)
    post_lon = models.FloatField(_("post longitude"), null=True, blank=True)
    post_lat = models.FloatField(_("post latitude"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering: ClassVar = ["call_sign"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "call_sign"], name="call_sign_once_per_agency"),
        ]

    def __str__(self) -> str:
        return self.call_sign
