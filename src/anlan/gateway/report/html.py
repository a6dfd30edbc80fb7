"""A report as one HTML file that needs nothing else: styles and pictures inside, no script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from anlan.gateway.report.model import COLOURS, MARKS
from anlan.gateway.report.svg import heat_svg, map_svg

if TYPE_CHECKING:
    from anlan.gateway.report.model import Report, Section, Table

STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}
body{font:15px/1.5 "Noto Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;
color:#1c2b36;background:#fff;margin:0 auto;max-width:60rem;padding:1.5rem}
h1{color:#0d5c7a;margin:0;font-size:1.9rem}
h2{color:#0d5c7a;border-bottom:2px solid #0d5c7a;margin:2rem 0 .7rem;font-size:1.2rem}
.quiet{color:#55636e}.facts{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0;padding:0}
.facts div{background:#eef3f6;border-radius:.4rem;padding:.5rem .8rem;flex:1 1 8rem}
.facts dt{font-size:.8rem;color:#55636e}
.facts dd{margin:0;font-size:1.4rem;font-weight:700}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem;font-size:.9rem}
caption{text-align:start;font-weight:700;padding:.3rem 0}
th,td{border-bottom:1px solid #c9d1d7;padding:.25rem .5rem;text-align:start;vertical-align:top}
.n{text-align:end;font-variant-numeric:tabular-nums}
.badge{display:inline-block;border-radius:.3rem;padding:0 .35rem;font-weight:700}
figure{margin:1rem 0;overflow-x:auto}
svg{max-width:100%;height:auto}@media print{body{padding:0;max-width:none}h2,caption{break-after:avoid}
figure{break-inside:avoid}}
"""


def to_html(report: Report) -> str:
    """Return the report as a complete HTML document; every given word is escaped."""
    facts = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(figure)}</dd></div>" for label, figure in report.facts
    )
    return (
        f'<!doctype html><html lang="{escape(report.language, quote=True)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.title)}</title>"
        f"<style>{STYLE}</style></head><body><h1>{escape(report.title)}</h1>"
        f'<p class="quiet">{escape(report.subtitle)}</p><dl class="facts">{facts}</dl>'
        f"{''.join(_section(section) for section in report.sections)}"
        f'<footer class="quiet"><p>{escape(report.footer)}</p></footer></body></html>'
    )


def _section(section: Section) -> str:
    parts = [f'<section id="{escape(section.key, quote=True)}"><h2>{escape(section.title)}</h2>']
    parts += [f"<p>{escape(text)}</p>" for text in section.paragraphs]
    if section.bullets:
        parts.append(f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in section.bullets)}</ul>")
    if section.map is not None:
        legend = " ".join(f"{_badge(colour)} {escape(label)}" for colour, label in section.map.legend)
        caption = f"<figcaption class='quiet'>{legend}<br>{escape(section.map.caption)}</figcaption>"
        parts.append(f"<figure>{map_svg(section.map)}{caption}</figure>")
    parts += [_table(table) for table in section.tables]
    for heat in section.heats:
        parts.append(
            f"<figure><figcaption><b>{escape(heat.caption)}</b></figcaption>{heat_svg(heat)}</figure>"
        )
    for drawn in section.pictures:
        parts.append(f"<figure><figcaption><b>{escape(drawn.caption)}</b></figcaption>{drawn.svg}</figure>")
    return f"{''.join(parts)}</section>"


def _badge(colour: str) -> str:
    ink = "#fff" if colour in {"red", "green"} else "#1c2b36"
    return f'<span class="badge" style="background:{COLOURS[colour]};color:{ink}">{MARKS[colour]}</span>'


def _table(table: Table) -> str:
    side = [' class="n"' if i in table.numeric else "" for i in range(len(table.header))]
    head = "".join(f'<th scope="col"{side[i]}>{escape(text)}</th>' for i, text in enumerate(table.header))
    rows = []
    for number, row in enumerate(table.rows):
        colour = table.colours[number] if table.colours else ""
        cells = [f"<td{side[i]}>{escape(text)}</td>" for i, text in enumerate(row)]
        if colour:
            cells[1] = f"<td>{_badge(colour)} {escape(row[1])}</td>"
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f'<div class="scroll"><table>{caption}{body}</table></div>'
