"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatrolConfig(AppConfig):
    """The `patrol` app."""

    name = "anlan.service.patrol"
    label = "patrol"
    verbose_name = _("Patrol")
