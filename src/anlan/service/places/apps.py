"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    """The `places` app."""

    name = "anlan.service.places"
    label = "places"
    verbose_name = _("Places")

    def ready(self) -> None:
        """Forget the cells kept in memory when a single grid is saved or deleted."""
        from anlan.service.places.models import Grid  # noqa: PLC0415  (models load after the registry)

        post_save.connect(changed, sender=Grid, dispatch_uid="cells-saved")
        post_delete.connect(changed, sender=Grid, dispatch_uid="cells-deleted")


def changed(**_signal: object) -> None:
    """Forget the cells; what keeps them loads with the first change and not at every process's start."""
    from anlan.service.places.queries.cells import forget  # noqa: PLC0415

    forget()
