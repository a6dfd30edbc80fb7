"""Names in two languages: `name` as the county writes it, `name_en` where it has one."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A record with a name and, optionally, an English one."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language, falling back to the other."""
        chinese = (get_language() or "").startswith("zh")
        return (self.name if chinese else self.name_en) or self.name
