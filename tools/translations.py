"""The zh_Hans catalogue: ``python tools/translations.py extract | check | compile``.

Needs neither GNU gettext nor a network.

Strings are taken from Python by its syntax tree and from templates by Django's own translation of
templates to Python (`templatize`), so that what is extracted is what Django looks up.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/anlan"
LOCALE = SOURCE / "service/locale"
CATALOGUE = LOCALE / "zh_Hans/LC_MESSAGES/django.po"
HEADER = {
    "Project-Id-Version": "anlan",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
Key = tuple[str | None, str, str | None]


def calls(tree: ast.AST) -> Iterator[tuple[int, Key]]:
    """Yield (line, (context, text, plural)) of every gettext call with literal text."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None) or ""
        texts = [text for argument in node.args if (text := literal(argument)) is not None]
        if key := as_key(name, texts):
            yield node.lineno, key


def literal(node: ast.AST) -> str | None:
    """Return the text of a string literal, None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def as_key(name: str, texts: list[str]) -> Key | None:
    """Return what a call of gettext's `name` with these texts looks up, None where it is no such call."""
    name = name.removeprefix("_") if name.removeprefix("_") in SINGULAR | PLURAL else name
    if name in SINGULAR and texts and texts[0]:
        return None, texts[0], None
    if name in PLURAL and len(texts) > 1:
        return None, texts[0], texts[1]
    if name in CONTEXT and len(texts) > 1:
        return texts[0], texts[1], None
    if name in CONTEXT_PLURAL and len(texts) > 2:
        return texts[0], texts[1], texts[2]
    return None


def templates(path: Path) -> Iterator[tuple[int, Key]]:
    """Yield the strings of a template; `templatize` writes each as one gettext call."""
    from django.utils.translation.template import templatize

    code = templatize(path.read_text(), origin=path.name)
    for match in re.finditer(r"(?:\b(?:n|p|np)?gettext|(?<!\w)_)\(", code):
        end = closing(code, match.end())
        expression = re.sub(r",\s*\w+\)$", ",0)", code[match.start() : end])
        line = code.count("\n", 0, match.start()) + 1
        for _, key in calls(ast.parse(expression.replace("\n", " "))):
            yield line, key


def closing(code: str, start: int) -> int:
    """Return the end of the call whose arguments begin at `start`, minding quotes."""
    tail = re.match(r"""(?:[^()'"]|u?"(?:\\.|[^"\\])*"|u?'(?:\\.|[^'\\])*')*\)""", code[start:], re.DOTALL)
    if not tail:
        raise ValueError(f"cannot read {code[start - 10 : start + 60]!r}")
    return start + tail.end()


def extract() -> polib.POFile:
    """Return a catalogue with every string of the source, in file order, with today's translations kept."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in (load() if CATALOGUE.exists() else [])}
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = HEADER
    entries: dict[tuple[str | None, str], polib.POEntry] = {}
    for file, found in sorted(sources()):
        for context, text, plural in found:
            entry = entries.setdefault((context, text), new_entry(context, text, plural, known))
            if file not in [name for name, _ in entry.occurrences]:
                entry.occurrences.append((file, ""))
    catalogue.extend(entries.values())
    return catalogue


def sources() -> Iterator[tuple[str, list[Key]]]:
    """Yield each source file's path from the root and its strings, in order."""
    for path in (
        *SOURCE.rglob("*.py"),
        *SOURCE.rglob("templates/**/*.html"),
        *SOURCE.rglob("templates/**/*.txt"),
    ):
        if "migrations" in path.parts:
            continue
        found = list(calls(ast.parse(path.read_text())) if path.suffix == ".py" else templates(path))
        if found:
            yield (
                path.relative_to(ROOT).as_posix(),
                [key for _, key in sorted(found, key=lambda item: item[0])],
            )


def new_entry(context: str | None, text: str, plural: str | None, known: dict) -> polib.POEntry:
    """Return an entry with the translation that it already has, if any."""
    before = known.get((context, text))
    flags = [flag for flag in (before.flags if before else []) if flag == "fuzzy"]
    if re.search(r"%\(\w+\)[sd]", text):
        flags.append("python-format")
    entry = polib.POEntry(msgctxt=context, msgid=text, flags=flags)
    if plural is None:
        entry.msgstr = before.msgstr if before else ""
    else:
        entry.msgid_plural = plural
        entry.msgstr_plural = (before.msgstr_plural if before else None) or {
            0: before.msgstr if before else ""
        }
    return entry


def load() -> polib.POFile:
    """Return the catalogue as it stands."""
    return polib.pofile(str(CATALOGUE), wrapwidth=100)


def problems() -> list[str]:
    """Return what is wrong with the catalogue: missing, untranslated, fuzzy, unused, lost placeholders."""
    wanted = {(entry.msgctxt, entry.msgid): entry for entry in extract()}
    present = {(entry.msgctxt, entry.msgid): entry for entry in load()} if CATALOGUE.exists() else {}
    found = [f"missing: {text!r}" for key in wanted if key not in present for text in [key[1]]]
    found += [f"no longer used: {key[1]!r}" for key in present if key not in wanted]
    for entry in present.values():
        said = entry.msgstr or (entry.msgstr_plural or {}).get(0, "")
        if not said:
            found.append(f"untranslated: {entry.msgid!r}")
        elif entry.fuzzy:
            found.append(f"fuzzy: {entry.msgid!r}")
        elif set(PLACEHOLDER.findall(said)) - set(
            PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or ""))
        ):
            found.append(f"placeholders differ: {entry.msgid!r}")
        elif not entry.msgid_plural and set(PLACEHOLDER.findall(entry.msgid)) - set(
            PLACEHOLDER.findall(said)
        ):
            found.append(f"placeholder lost: {entry.msgid!r}")
    return found


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Write a .mo beside every .po; return them."""
    written = []
    for path in sorted(locale.rglob("*.po")):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
        written.append(path.with_suffix(".mo"))
    return written


def main(command: str) -> int:
    """Run one command; return the exit status."""
    if command == "extract":
        catalogue = extract()
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(CATALOGUE))
        compile_catalogues()
        print(f"{len(catalogue)} strings, {len(catalogue.untranslated_entries())} untranslated")
        return 0
    if command == "check":
        found = problems()
        print("\n".join(found) or "complete")
        return 1 if found else 0
    if command == "compile":
        print("\n".join(str(path.relative_to(ROOT)) for path in compile_catalogues()))
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
