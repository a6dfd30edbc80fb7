"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    """The `planning` app."""

    name = "anlan.service.planning"
    label = "planning"
    verbose_name = _("Planning")
