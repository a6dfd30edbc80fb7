"""The scripted questions of a type in a form: text to edit, JSON to keep."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.gateway.files import script
from anlan.service.incidents.models import IncidentType

FAULTS = {
    "mark": _("start a question with ? and each answer below it with -"),
    "priority": _("the priority after = is a number from 1 to 4"),
    "options": _("a question needs 2 to 8 answers below it"),
    "same_option": _("two answers are the same"),
    "empty": _("write the words"),
    "long": _("at most 120 characters"),
    "questions": _("at most 12 questions"),
    "same_question": _("this question is there already"),
}


class ScriptField(forms.CharField):
    """Cleans to the JSON of the questions; None where they are those that come with Anlan."""

    kind: IncidentType | None = None

    def written(self) -> str:
        """Return the questions in use as text."""
        return "" if self.kind is None else script.write_script(self.kind.script)

    def clean(self, value: Any) -> Any:
        """Return the questions, or say which line cannot be read and why."""
        try:
            questions = script.read_script(super().clean(value))
        except script.ScriptError as error:
            facts = {"line": error.line, "reason": FAULTS[error.code]}
            raise forms.ValidationError(_("Line %(line)d: %(reason)s.") % facts) from error
        kind = self.kind
        if kind is not None and questions == script.built_in(kind.code, kind.category):
            return None
        return script.to_json(questions)
