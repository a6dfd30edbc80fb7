"""Where things are: areas, grids, beats, patrol places, premises, the road network. WGS-84 throughout."""

# ruff: noqa: DJ008  (Named, their base, has __str__)

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import shapely
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.names import Named
from anlan.service.scope import ScopedQuerySet

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


class Shaped(models.Model):
    """A record with a geometry, kept as WKB in WGS-84 longitude and latitude, and a labelling point."""

    geometry = models.BinaryField(_("geometry"), null=True, editable=False)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def shape(self) -> BaseGeometry | None:
        """The geometry in WGS-84 degrees, None where the record has none."""
        return None if self.geometry is None else shapely.from_wkb(bytes(self.geometry))

    @shape.setter
    def shape(self, shape: BaseGeometry | None) -> None:
        self.geometry = None if shape is None else shapely.to_wkb(shape)
        if shape is not None:
            point = shape.representative_point()
            self.lon, self.lat = point.x, point.y


class Area(Named, Shaped):
    """A division: county, township or subdistrict, community or village."""

    class Character(models.TextChoices):
        URBAN = "urban", _("Urban core")
        SUBURB = "suburb", _("Suburb")
        TOWN = "town", _("Town")
        COUNTRYSIDE = "countryside", _("Countryside")

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    parent_code = models.CharField(_("parent"), max_length=12, blank=True, default="", db_index=True)
    level = models.PositiveSmallIntegerField(_("level"), help_text=_("significant digits: 6, 9 or 12"))
    character = models.CharField(_("character"), max_length=12, choices=Character, blank=True, default="")
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=40, blank=True, default="", help_text=_("county only")
    )

    class AreaQuerySet(ScopedQuerySet):
        area_field = "code"

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering: ClassVar = ["code"]


class Beat(Named, Shaped):
    """A union of grids patrolled as one; alert colour and staffing are per beat."""

    code = models.CharField(_("code"), max_length=24, primary_key=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("beat")
        verbose_name_plural = _("beats")
        ordering: ClassVar = ["code"]


class Grid(Named, Shaped):
    """A cell: the smallest unit of responsibility. Grids partition their area without gap or overlap."""

    code = models.CharField(_("code"), max_length=24, primary_key=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    beat = models.ForeignKey(
        Beat, models.SET_NULL, null=True, blank=True, related_name="grids", verbose_name=_("beat")
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="grids",
        verbose_name=_("responsible"),
    )  # fmt: skip
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    area_m2 = models.FloatField(_("size (m²)"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid")
        verbose_name_plural = _("grids")
        ordering: ClassVar = ["code"]

    @property
    def hectares(self) -> float:
        """The size in hectares."""
        return self.area_m2 / 10_000


class Located(Named, Shaped):
    """A place inside a grid; the codes are resolved once, when it is recorded."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    grid_code = models.CharField(_("grid"), max_length=24, blank=True, default="", db_index=True)
    beat_code = models.CharField(_("beat"), max_length=24, blank=True, default="", db_index=True)
    active = models.BooleanField(_("active"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["code"]


class PatrolPoint(Located):
    """A place that each shift must visit."""

    class Meta(Located.Meta):
        verbose_name = _("patrol point")
        verbose_name_plural = _("patrol points")


class PatrolLine(Located):
    """A stretch of road that each shift must visit."""

    class Meta(Located.Meta):
        verbose_name = _("patrol line")
        verbose_name_plural = _("patrol lines")


class StandbyPost(Located):
    """Where a car waits so that the response ring is covered."""

    class Meta(Located.Meta):
        verbose_name = _("standby post")
        verbose_name_plural = _("standby posts")


class Checkpoint(Located):
    """A manned road point."""

    ring = models.PositiveSmallIntegerField(_("ring"), default=1, help_text=_("1 inner, 2 middle, 3 outer"))

    class Meta(Located.Meta):
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")


class Premises(Located):
    """A building or site as a place: school, hospital, market. Never who lives or stays there."""

    class Kind(models.TextChoices):
        SCHOOL = "school", _("School")
        HOSPITAL = "hospital", _("Hospital")
        MARKET = "market", _("Market")
        STATION = "station", _("Station")
        ENTERTAINMENT = "entertainment", _("Entertainment")
        HOTEL = "hotel", _("Hotel")
        FACTORY = "factory", _("Factory")
        OFFICE = "office", _("Office")
        OTHER = "other", _("Other")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OTHER)
    hazards = models.CharField(_("hazards"), max_length=200, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("premises")
        verbose_name_plural = _("premises")


class Feature(Named, Shaped):
    """A shape of the base map: what people find their way by, nothing that duty is planned on."""

    class Kind(models.TextChoices):
        WATER = "water", _("Water")
        GREEN = "green", _("Green")
        RAIL = "rail", _("Rail")

    code = models.CharField(_("code"), max_length=60, unique=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("base map shape")
        verbose_name_plural = _("base map shapes")
        ordering: ClassVar = ["code"]


class RoadNetwork(models.Model):
    """The road graph in use for a county: one memory-mapped file in the data folder."""

    area_code = models.CharField(_("area"), max_length=12, unique=True)
    file = models.CharField(_("file"), max_length=200)
    source = models.CharField(_("source"), max_length=200)
    nodes = models.PositiveIntegerField(_("nodes"))
    edges = models.PositiveIntegerField(_("edges"))
    length_km = models.FloatField(_("length (km)"))
    imported_at = models.DateTimeField(_("imported"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("road network")
        verbose_name_plural = _("road networks")

    def __str__(self) -> str:
        return f"{self.area_code} {self.source}"


class RoadClosure(Shaped):
    """A road that is closed or slowed for a time: works, a flood, an event, a cordon."""

    name = models.CharField(_("what for"), max_length=120)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    slowdown = models.FloatField(
        _("slowdown"), null=True, blank=True, help_text=_("times as long; empty: closed")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("road closure")
        verbose_name_plural = _("road closures")
        ordering: ClassVar = ["-starts_at"]

    def __str__(self) -> str:
        return self.name


class Calibration(models.Model):
    """What recorded trips say of a county's road speeds; in use once somebody has taken it over.

    `roads_at` is when the roads that it was learnt on were imported: on others it does not hold.
    """

    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    source = models.CharField(_("trips from"), max_length=200, blank=True, default="")
    trips = models.PositiveIntegerField(_("trips used"), default=0)
    roads_at = models.DateTimeField(_("roads imported"))
    body = models.JSONField(_("content"), default=dict)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    used_at = models.DateTimeField(_("put in use"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calibration of road speeds")
        verbose_name_plural = _("calibrations of road speeds")
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.area_code} {self.made_at:%Y-%m-%d}"
