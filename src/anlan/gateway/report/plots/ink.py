"""The colours of a picture: on a page they follow its theme, in a file and on paper they are fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable

FONT = "Noto Sans LT, Noto Sans LT Thin, Noto Sans SC, Noto Sans SC Thin, sans-serif"
SERIES = ("#2b83ba", "#d9701e", "#3f9b5c", "#9a6fb8", "#b58a1d")


@dataclass(frozen=True)
class Ink:
    """`ink` writes and draws axes, `paper` lies beneath, `classes` are put on the picture for the page."""

    ink: str
    paper: str
    font: str
    classes: str = ""


PRINT = Ink("#1c2b36", "#ffffff", FONT)
PAGE = Ink("currentColor", "var(--anlan-surface, #fff)", "inherit", "img-fluid")


def number(value: float) -> str:
    """Return a number for an axis or a label: thousands grouped, as few decimals as its size needs."""
    size = abs(value)
    if size >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 1 else f"{value:.3g}"


def text(
    x: float, y: float, words: str, ink: Ink, *, size: float = 11, anchor: str = "start", colour: str = ""
) -> str:
    """Return words at a place."""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour or ink.ink}">{escape(words)}</text>'


def wide(words: str, size: float = 11) -> float:
    """Return about how wide words are: a Chinese letter is square, a Latin one half of it."""
    return sum(size if ord(letter) > 0x2E80 else 0.56 * size for letter in words)


def shortened(words: str, room: float, size: float = 11) -> str:
    """Return words that fit into `room`, cut with an ellipsis where they do not."""
    if wide(words, size) <= room:
        return words
    while words and wide(words + "…", size) > room:
        words = words[:-1]
    return words.rstrip() + "…"


def line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1, more: str = "") -> str:
    """Return a straight line."""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width:g}" {more}/>'


def picture(width: float, height: float, parts: Iterable[str], title: str, ink: Ink) -> str:
    """Return the parts as one picture with its title as the text alternative."""
    style = f"class={quoteattr(ink.classes)} " if ink.classes else ""
    paper = "" if ink.classes else f'<rect width="{width:.0f}" height="{height:.0f}" fill="{ink.paper}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {style}viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" font-family={quoteattr(ink.font)} role="img">'
        f"<title>{escape(title)}</title>{paper}{''.join(parts)}</svg>"
    )
