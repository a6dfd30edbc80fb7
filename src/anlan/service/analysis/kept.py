"""The last findings, kept in memory, so that a download is what the page showed and costs nothing."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from anlan.service.analysis.inputs import Inputs

if TYPE_CHECKING:
    from anlan.service.analysis.finding import Finding
    from anlan.service.analysis.forms import AskForm
    from anlan.service.analysis.method import Method

MOST = 12
_kept: OrderedDict[Any, Finding] = OrderedDict()
_lock = Lock()


def found(method: Method, form: AskForm) -> Finding:
    """Return the method's finding for a valid form; computed where data, places or question are new.

    Raises:
        NothingToAnalyse: there is too little to answer from.

    """
    key = _key(method, form)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = method.run(Inputs(form.ground, form.question()), form.parameters())
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made


def _key(method: Method, form: AskForm) -> Any:
    ground = form.ground
    parameters = tuple(sorted((name, str(value)) for name, value in form.parameters().items()))
    asked = method.name, form.question(), parameters
    return asked, ground.county6, str(ground.store.root), ground.fingerprint, get_language()
