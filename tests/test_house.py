"""The house rules that a machine can hold: sizes, floors, no machine's paths, one writer per app."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/anlan"
LONGEST_FILE = 400
WRITES = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete"}
MACHINE_PATHS = re.compile(rb"/(?:work|root|home/\w+|Users/\w+|tmp/\w+)/")
TEXT = {".py", ".ts", ".css", ".html", ".md", ".toml", ".json", ".yml", ".yaml", ".sh", ""}


def modules() -> list[Path]:
    """Return the source files, without migrations."""
    return [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def functions() -> list[int]:
    """Return the length of every function in lines, decorators and docstring left out, longest last."""
    lengths = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                lengths.append(1 + node.end_lineno - body[0].lineno + 1)
    return sorted(lengths)


def tracked() -> list[Path]:
    """Return the text files under version control; skips where there is no checkout."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout: could not check")
    paths = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in paths if path.suffix in TEXT and path.is_file()]


def test_files_are_short():
    """No source file is longer than 400 lines by more than a few."""
    sources = [*modules(), *(ROOT / "ui/src").rglob("*.ts"), *(ROOT / "tests").rglob("*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in sources}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE + 10} == {}


def test_functions_are_short():
    """Half of all functions have at most ten lines, ninety-nine in a hundred at most sixty."""
    lengths = functions()
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[int(len(lengths) * 0.99)] <= 60


def test_no_path_of_one_machine():
    """Nothing tracked names a folder of somebody's machine."""
    here = Path(__file__)
    assert [str(path) for path in tracked() if path != here and MACHINE_PATHS.search(path.read_bytes())] == []


def test_the_floors_hold():
    """An import only points down (import-linter's contracts)."""
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


def test_a_process_starts_without_the_heavy_libraries(tmp_path: Path):
    """Five processes set the apps up at each start; what only a page or a job needs waits until then."""
    code = "import sys, django; django.setup(); print(*sys.modules)"
    environment = {
        "DJANGO_SETTINGS_MODULE": "anlan.service.settings", "ANLAN_DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    heavy = {"scipy.stats", "scipy.optimize", "numba", "ibis", "polars", "pandas"}
    assert heavy & set(done.stdout.split()) == set()


def writers(path: Path) -> list[str]:
    """Return the calls in a file that write through a model's manager."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES | {"update"}
        ):
            chain = ast.unparse(node.func.value)
            if re.search(r"\.objects\b", chain) or (node.func.attr == "save" and re.fullmatch(r"\w+", chain)):
                found.append(f"{path.relative_to(SOURCE).as_posix()}:{node.lineno}")
    return found


def test_only_views_without_writes():
    """Views, queries, forms and APIs never write: domain functions do."""
    readers = [
        path
        for path in (SOURCE / "service").rglob("*.py")
        if {"views", "queries", "api", "forms", "tags", "context"} & {path.stem, path.parent.name}
    ]
    assert [call for path in readers for call in writers(path)] == []


def test_templates_have_no_inline_code():
    """The content security policy refuses inline styles and scripts, so no template has any."""
    inline = re.compile(
        r"""\s(?:style|on[a-z]+)=["']|<style|<script(?![^>]*(?:src=|type="application/json"|json))"""
    )
    pages = [path for path in SOURCE.rglob("templates/**/*.html") if path.name != "500.html"]
    found = [path.relative_to(SOURCE).as_posix() for path in pages if inline.search(path.read_text())]
    assert found == []
