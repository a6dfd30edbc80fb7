"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalysisConfig(AppConfig):
    """The `analysis` app."""

    name = "anlan.service.analysis"
    label = "analysis"
    verbose_name = _("Analysis")
