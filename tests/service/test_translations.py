"""The Chinese catalogue is complete, and the tool that keeps it reads what Django reads."""

import ast
import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools/translations.py"


@pytest.fixture(scope="module")
def tool():
    """The tool as a module."""
    spec = importlib.util.spec_from_file_location("translations", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_catalogue_is_complete(tool):
    """No string is missing, untranslated, fuzzy, unused or robbed of a placeholder."""
    assert tool.problems() == []


def test_python_strings_are_found(tool):
    """Singular, plural and contextual calls are read, joined literals too."""
    code = 'a = _("one" " two")\nb = ngettext("%(n)s car", "%(n)s cars", n)\nc = pgettext("verb", "post")'
    code += "\nd = _(name)"
    assert [key for _, key in tool.calls(ast.parse(code))] == [
        (None, "one two", None),
        (None, "%(n)s car", "%(n)s cars"),
        ("verb", "post", None),
    ]


def test_template_strings_are_found(tool, tmp_path):
    """`translate`, trimmed `blocktranslate` and plurals are read as Django looks them up."""
    page = tmp_path / "page.html"
    page.write_text(
        '{% load i18n %}<p title="{% translate \'It\'s "calm"\' %}">{% translate "Calm (now)" %}\n'.replace(
            "It's", "Its"
        )
        + "{% blocktranslate trimmed with a=b %}\n  Hello {{ a }},\n  100% sure\n{% endblocktranslate %}\n"
        + "{% blocktranslate count n=x|length %}{{ n }} car{% plural %}{{ n }} cars{% endblocktranslate %}"
        + '{% include "part.html" with title=_("By unit") %}'
    )
    assert [key for _, key in tool.templates(page)] == [
        (None, 'Its "calm"', None),
        (None, "Calm (now)", None),
        (None, "Hello %(a)s, 100%% sure", None),
        (None, "%(n)s car", "%(n)s cars"),
        (None, "By unit", None),
    ]


def test_compiled_catalogue_answers(tool, tmp_path):
    """A compiled catalogue is one that gettext reads."""
    import gettext

    folder = tmp_path / "zh_Hans/LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(f'{head}msgid "beat"\nmsgstr "巡区"\n')
    tool.compile_catalogues(tmp_path)
    assert gettext.translation("django", tmp_path, ["zh_Hans"]).gettext("beat") == "巡区"
