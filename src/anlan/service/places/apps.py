"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    """The `places` app."""

    name = "anlan.service.places"
    label = "places"
    verbose_name = _("Places")
