"""What a method is to the site and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from anlan.service.analysis.finding import Finding
    from anlan.service.analysis.forms import AskForm
    from anlan.service.analysis.inputs import Inputs


class Group(TextChoices):
    """The questions under which methods are listed."""

    WHAT = "what", _("What changed?")
    WHERE = "where", _("Where?")
    WHEN = "when", _("When?")
    NEXT = "next", _("What next?")
    TRUST = "trust", _("Can we trust it?")


@dataclass(frozen=True)
class Method:
    """One method: its stable name, what it is called, the question it answers, its form and its work.

    `page` names the file of docs/methods that explains it; a `heavy` one waits for the reader to start it.
    """

    name: str
    group: Group
    title: Any
    question: Any
    form: type[AskForm]
    run: Callable[[Inputs, Mapping[str, Any]], Finding]
    page: str
    heavy: bool = False
