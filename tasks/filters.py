"""What a kept filter may hold: the parameters that its page knows, with values that look like theirs; the rest is left out."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from branches.models import Line
from tasks.figures import Figure
from tasks.models import SavedFilter, TaskList
from tasks.states import ListStage

_KEY = re.compile(r"[0-9]{1,18}", re.ASCII)
_YEAR = re.compile(r"20[0-9]{2}", re.ASCII)
_SPAN = re.compile(r"[0-9]{4}[0-9A-Za-z-]{0,6}", re.ASCII)
_WORDS = re.compile(r"[^\x00-\x1f]{1,60}")


def _one_of(values: object) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(str(value)) for value in values))  # type: ignore[attr-defined]


KNOWN: dict[str, dict[str, re.Pattern[str]]] = {
    SavedFilter.Page.LISTS: {
        "q": _WORDS,
        "side": _one_of(["ours", "received", "waiting"]),
        "year": _YEAR,
        "kind": _one_of(TaskList.Kind.values),
        "line": _one_of(Line.values),
        "stage": _one_of(ListStage.values),
    },
    SavedFilter.Page.ROWS: {
        "measure": _one_of(["given", "below"]),
        "by": _KEY,
        "list": _KEY,
        "month": _SPAN,
        "figure": _one_of(Figure.values),
        "child": _KEY,
        "reason": _WORDS,
        "size": _one_of([20, 50, 100]),
    },
}


def known(page: str, query: str) -> str:
    """The query with only what its page knows, in the page's own order; empty when nothing is left."""
    given = dict(parse_qsl(query[:2000].lstrip("?"), max_num_fields=60))
    forms = KNOWN[page]
    return urlencode(
        {name: given[name] for name, form in forms.items() if name in given and form.fullmatch(given[name])}
    )
