"""The catalogue of words: finds every translatable string and keeps the Chinese beside it.

GNU gettext is not on the machines this is built on, so Python sources are read through `ast`,
templates through Django's own parser, and the .po and .mo files are written with polib.
Nothing here touches the database. `manage.py catalogue` is the door.
"""

import ast
import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polib
from django.template import engines
from django.template.base import Lexer, Node, Template, TokenType
from django.template.context import Context
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

Key = tuple[str, str]  # (context or "", msgid)

HEADER = {
    "Project-Id-Version": "cppcc-party",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
SKIPPED_FOLDERS = {".git", ".venv", ".local", "locale", "migrations", "node_modules", "staticfiles", "tests"}
TEMPLATE_ENDINGS = {".html", ".txt", ".svg", ".xml"}
TRANSLATION = "django.utils.translation"
# function → positions of (context, msgid, plural) among its arguments
SINGULAR: tuple[int | None, int, int | None] = (None, 0, None)
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": SINGULAR,
    "gettext_lazy": SINGULAR,
    "gettext_noop": SINGULAR,
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
LITERAL = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")
PLACEHOLDER = re.compile(r"%\(\w+\)[#0+-]?\d*(?:\.\d+)?[a-zA-Z]|%[sd]|\{\w*\}")
# ux.md h: short and official; nobody is addressed, begged, blamed or shouted at.
CHINESE_VOICE = re.compile("[您你！]|(?<![申邀提呈])请(?![假示求])")
ENGLISH_VOICE = re.compile(r"\b(?:please|sorry|invalid|oops|backlog|sprint|ticket|epic)\b|!", re.IGNORECASE)


@dataclass
class Message:
    """One string to translate, with the files that use it."""

    msgid: str
    context: str = ""
    plural: str = ""
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        """What makes the string one entry: its context and its English words."""
        return self.context, self.msgid


@dataclass
class Harvest:
    """All strings found, the files that could not be read, and what is wrong in the sources."""

    messages: dict[Key, Message] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, file: str, msgid: str, context: str = "", plural: str = "") -> None:
        """Note one use of a string; the same words in two files are one entry."""
        if not msgid.strip():
            return
        message = self.messages.setdefault((context, msgid), Message(msgid, context))
        if plural and message.plural not in ("", plural):
            self.problems.append(f"{file}: two plurals for one msgid: {msgid!r}")
        message.plural = message.plural or plural
        message.files.add(file)
        if HAN.search(msgid + plural):
            self.problems.append(f"{file}: Han characters in a translatable string: {msgid!r}")


def harvest(base: Path) -> Harvest:
    """Read every source of ours below `base`: Python by `ast`, templates by Django's parser."""
    found = Harvest()
    for path in _files(base):
        name = path.relative_to(base).as_posix()
        if path.suffix == ".py":
            _read_python(path, name, found)
        elif path.suffix in TEMPLATE_ENDINGS and "templates" in path.relative_to(base).parts:
            _read_template(path, name, found)
    return found


def _files(base: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(base):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        yield from (Path(folder, name) for name in sorted(names))


def _read_python(path: Path, name: str, found: Harvest) -> None:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, OSError) as error:
        found.unreadable[name] = str(error)
        return
    functions, modules = _aliases(tree)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and (places := _meaning(call.func, functions, modules)):
            context_at, msgid_at, plural_at = places
            msgid = _text(call.args, msgid_at)
            if msgid is None:
                if len(call.args) > msgid_at and isinstance(call.args[msgid_at], ast.JoinedStr):
                    found.problems.append(f"{name}: an f-string cannot be translated (line {call.lineno})")
                continue
            found.add(name, msgid, _text(call.args, context_at) or "", _text(call.args, plural_at) or "")


def _aliases(tree: ast.AST) -> tuple[dict[str, str], set[str]]:
    """The names under which a module knows the translation functions, and their module."""
    functions: dict[str, str] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == TRANSLATION:
            functions.update({a.asname or a.name: a.name for a in node.names if a.name in FUNCTIONS})
        elif isinstance(node, ast.ImportFrom) and node.module == "django.utils":
            modules.update(a.asname or a.name for a in node.names if a.name == "translation")
        elif isinstance(node, ast.Import):
            modules.update(a.asname or a.name for a in node.names if a.name == TRANSLATION)
    return functions, modules


def _meaning(func: ast.expr, functions: dict[str, str], modules: set[str]) -> tuple[int | None, int, int | None] | None:
    if isinstance(func, ast.Name) and func.id in functions:
        return FUNCTIONS[functions[func.id]]
    if isinstance(func, ast.Attribute) and ast.unparse(func.value) in modules:
        return FUNCTIONS.get(func.attr)
    return None


def _text(arguments: list[ast.expr], place: int | None) -> str | None:
    """The literal at a place, also when glued from literals with `+`; None for anything computed."""
    if place is None or place >= len(arguments):
        return None
    try:
        value = ast.literal_eval(arguments[place])
    except ValueError:
        parts = arguments[place]
        if isinstance(parts, ast.BinOp) and isinstance(parts.op, ast.Add):
            left, right = _text([parts.left], 0), _text([parts.right], 0)
            return None if left is None or right is None else left + right
        return None
    return value if isinstance(value, str) else None


def _read_template(path: Path, name: str, found: Harvest) -> None:
    source = path.read_text(encoding="utf-8")
    if HAN.search(source):
        found.problems.append(f"{name}: bare Han characters in a template")
    engine: Any = engines["django"]
    try:
        template = Template(source, name=name, engine=engine.engine)
    except Exception as error:  # a half-written template must not cost others their entries
        found.unreadable[name] = f"{type(error).__name__}: {error}"
        return
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, BlockTranslateNode):
            _add_block(node, name, found)
        elif isinstance(node, TranslateNode):
            _add_inline(node, name, found)
    for literal in _literals(source):
        found.add(name, literal.replace("%", "%%"))


def _add_block(node: BlockTranslateNode, name: str, found: Harvest) -> None:
    msgid, _names = node.render_token_list(node.singular)
    plural = node.render_token_list(node.plural)[0] if node.plural else ""
    found.add(name, msgid, _context(node), plural)


def _add_inline(node: TranslateNode, name: str, found: Harvest) -> None:
    literal = getattr(node.filter_expression.var, "literal", None)
    if isinstance(literal, str):  # else a variable is translated, whose words are noted elsewhere
        found.add(name, literal.replace("%", "%%"), _context(node))


def _context(node: BlockTranslateNode | TranslateNode) -> str:
    return str(node.message_context.resolve(Context())) if node.message_context else ""


def _literals(source: str) -> Iterator[str]:
    """The `_("…")` literals in tags and variables, comments left out."""
    in_comment = False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK and token.contents.split()[:1] in (["comment"], ["endcomment"]):
            in_comment = token.contents.startswith("comment")
        elif not in_comment and token.token_type in (TokenType.BLOCK, TokenType.VAR):
            yield from (ast.literal_eval(match[1]) for match in LITERAL.finditer(token.contents))


# --- the catalogue itself -------------------------------------------------------------------


@dataclass(frozen=True)
class Translation:
    """Chinese words handed in for one msgid."""

    zh: str
    plural: str = ""


def read_translations(path: Path) -> dict[Key, Translation]:
    """A JSON file of new words: {"msgid": "…"}, {"ctx\\u0004msgid": "…"}, {"msgid": {"plural": …, "zh": …}}."""
    words: dict[Key, Translation] = {}
    for raw, value in json.loads(path.read_text(encoding="utf-8")).items():
        context, _mark, msgid = raw.rpartition("\x04")
        if isinstance(value, dict):
            words[context, msgid] = Translation(value["zh"], value.get("plural", ""))
        else:
            words[context, msgid] = Translation(value)
    return words


def load(po_file: Path) -> polib.POFile:
    """The catalogue as it stands on disk, empty when there is none."""
    return polib.pofile(str(po_file), encoding="utf-8") if po_file.exists() else polib.POFile()


def known(po: polib.POFile) -> dict[Key, polib.POEntry]:
    """The entries of a catalogue by their key."""
    return {(entry.msgctxt or "", entry.msgid): entry for entry in po if not entry.obsolete}


def chinese(entry: polib.POEntry) -> str:
    """The Chinese of an entry; Chinese has one plural form."""
    return str(entry.msgstr_plural.get(0, "")) if entry.msgid_plural else str(entry.msgstr)


def updated(old: polib.POFile, found: Harvest, words: dict[Key, Translation]) -> polib.POFile:
    """A fresh catalogue: what the sources use, with the Chinese known before or handed in now."""
    entries = known(old)
    messages = dict(found.messages)
    for key, entry in entries.items():  # an unreadable file keeps its entries until it can be read
        kept = {name for name, _line in entry.occurrences} & set(found.unreadable)
        if kept and key not in messages:
            messages[key] = Message(entry.msgid, key[0], entry.msgid_plural, kept)
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = dict(HEADER)
    for key in sorted(messages, key=lambda key: (key[1].casefold(), key[1], key[0])):
        message = messages[key]
        text = words[key].zh if key in words else chinese(entries[key]) if key in entries else ""
        entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context or None)
        entry.occurrences = [(name, "") for name in sorted(message.files)]
        if message.plural:
            entry.msgid_plural, entry.msgstr_plural = message.plural, {0: text}
        else:
            entry.msgstr = text
        if PLACEHOLDER.search(message.msgid + message.plural):
            entry.flags = ["python-format"] if "%" in message.msgid + message.plural else ["python-brace-format"]
        fresh.append(entry)
    return fresh


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One writer at a time: several people add words to one catalogue."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write(po: polib.POFile, po_file: Path) -> bool:
    """Save the catalogue in one step, only when it differs; says whether it did."""
    text = str(po).rstrip("\n") + "\n"
    if po_file.exists() and po_file.read_text(encoding="utf-8") == text:
        return False
    _replace(po_file, text.encode("utf-8"))
    return True


def compile_(po_file: Path) -> Path:
    """Write the .mo file that Django reads; it is made, never committed."""
    mo_file = po_file.with_suffix(".mo")
    _replace(mo_file, load(po_file).to_binary())
    return mo_file


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


# --- what can be wrong ----------------------------------------------------------------------


def missing(po: polib.POFile) -> dict[str, Any]:
    """The entries without Chinese, in the shape `--merge` takes."""
    lacking: dict[str, Any] = {}
    for (context, msgid), entry in known(po).items():
        if not chinese(entry):
            name = f"{context}\x04{msgid}" if context else msgid
            lacking[name] = {"plural": entry.msgid_plural, "zh": ""} if entry.msgid_plural else ""
    return lacking


def faults(po: polib.POFile, found: Harvest) -> list[str]:
    """Everything that keeps the catalogue from being complete and true, one line each."""
    entries = known(po)
    lines = list(dict.fromkeys(found.problems))
    lines += [f"{name}: cannot be read: {why}" for name, why in found.unreadable.items()]
    lines += [
        f"not in the catalogue: {msgid!r}" for context, msgid in found.messages if (context, msgid) not in entries
    ]
    lines += [f"obsolete: {entry.msgid!r}" for entry in po.obsolete_entries()]
    for key, entry in entries.items():
        if key not in found.messages:
            lines.append(f"no longer used: {entry.msgid!r}")
        lines += [f"{what}: {entry.msgid!r}" for what in _entry_faults(entry)]
    return lines


def _entry_faults(entry: polib.POEntry) -> Iterable[str]:
    text = chinese(entry)
    if "fuzzy" in entry.flags:
        yield "fuzzy"
    if ENGLISH_VOICE.search(PLACEHOLDER.sub("", entry.msgid)):
        yield "a word that ux.md h rules out (English)"
    if not text:
        yield "no Chinese"
        return
    if placeholders(entry.msgid_plural or entry.msgid) != placeholders(text):
        yield f"placeholders differ from {text!r}"
    if CHINESE_VOICE.search(text):
        yield f"a word that ux.md h rules out in {text!r}"


def placeholders(text: str) -> list[str]:
    """The places to be filled in a message, whatever their order."""
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))
