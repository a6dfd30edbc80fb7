"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """The `incidents` app."""

    name = "anlan.service.incidents"
    label = "incidents"
    verbose_name = _("Incidents")
