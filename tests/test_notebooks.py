"""Every notebook of the documentation runs, cell by cell, on NumPy and the engine alone."""

import builtins
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "docs/notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_CELLS = 6
STRANGERS = {"matplotlib", "pandas", "django", "requests", "IPython"}


def code(path):
    """Return the source of each code cell."""
    book = json.loads(path.read_text(encoding="utf-8"))
    assert book["nbformat"] == 4
    cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert [cell["outputs"] for cell in cells if cell["outputs"]] == [], "outputs are not kept"
    return ["".join(cell["source"]) for cell in cells]


@pytest.fixture
def only_the_engine(monkeypatch):
    """Refuse a notebook whatever is not installed with the engine."""
    real = builtins.__import__

    def guarded(name, scope=None, *rest, **named):
        if (scope or {}).get("__name__") == "notebook" and name.split(".")[0] in STRANGERS:
            raise ImportError(f"{name}: a notebook uses NumPy and anlan.engine only")
        return real(name, scope, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", guarded)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, only_the_engine, capsys):
    """Every code cell in turn in one fresh namespace; the last shows something."""
    sources = code(path)
    assert 0 < len(sources) <= MOST_CELLS
    names = {"__name__": "notebook"}
    for number, source in enumerate(sources, 1):
        # The notebooks are this repository's own text, run as their reader would.
        exec(compile(source, f"{path.name}[{number}]", "exec"), names)  # noqa: S102
    assert capsys.readouterr().out


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_belongs_to_a_method_page(path):
    """Each has a page of the same name under docs/methods."""
    assert (FOLDER.parent / "methods" / f"{path.stem}.md").is_file()
