"""From a pasted range or a file to checked rows: paste, then check with every problem at once (ux S07)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.models import Unit
from branches.requests import Asked
from branches.rules import keeps_anything
from branches.second_language import in_english
from branches.writing import Conflict, Invalid, NotPossible, Refused
from tasks import papers
from tasks.actions.papers import answer, drop_paper
from tasks.forms.papers import TITLE_LIMIT, PasteForm, name_answers, row_answers
from tasks.models import Edition, PaperDraft
from tasks.papers import Unreadable
from tasks.papers.checking import (
    ALL,
    NAMES_SHOWN,
    PROBLEMS,
    PROBLEMS_SAID,
    labels,
    looked_at,
    page_of,
    place_of,
    pressed,
    repeated_phrases,
    summary,
    twins,
)
from tasks.papers.drafts import DUE_CHOICES, DUE_CHOICES_EN, Paper
from tasks.papers.dryrun import notices
from tasks.papers.earlier import Earlier, published_before
from tasks.papers.names import key_of
from tasks.states import DESK
from tasks.views.answers import operation
from tasks.views.files import NOTHING_RUNS
from tasks.views.sources import column_words, columns_of, keep, match_again, waiting_page

# The users' own column names, in their own order: data of the paper, not words of the screen (ux 0.1)
COLUMNS = ("序号", "任务内容", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限", "完成情况", "佐证材料")
EXAMPLE = (
    "1", "报送党建案例", "每家报送 2 篇", "分管副主席", "各县（市、区）政协", "办公室、研究室", "6月底前", "", "",
)  # fmt: skip
# The same for those who write in English
COLUMNS_EN = (
    "No.",
    "Task",
    "Measures",
    "Responsible leader",
    "Lead unit",
    "Supporting units",
    "Due",
    "Progress",
    "Evidence",
)
EXAMPLE_EN = (
    "1", "Send in cases of party building", "2 from each", "Vice-chair in charge", "All county CPPCCs",
    "General Office; Research Office", "by 30 June", "", "",
)  # fmt: skip
FOLDER = Path(papers.__file__).parent / "samples"
SAMPLES = {"zh": FOLDER / "10-city-2026-task-list.xlsx", "en": FOLDER / "10-city-2026-task-list-english.xlsx"}


def _issuers(request: Asked) -> list[Unit]:
    """Units whose desk this person keeps; the chosen scope first and alone."""
    posts = [request.scope] if request.scope else request.posts
    return [post.unit for post in posts if post.role in DESK]


@require_http_methods(["GET", "POST"])
def start(request: Asked) -> HttpResponse:
    """Step 1: paste or upload."""
    issuers = _issuers(request)
    if not issuers:
        raise PermissionDenied(_("Lists are issued by a secretary or head"))
    form = PasteForm(
        request.POST or None,
        request.FILES or None,
        issuers=issuers,
        initial={"year": request.today.year, "issuer": issuers[0], "paste": _rows_to_try(request)},
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                draft = keep(request, form.cleaned_data)
                return redirect("tasks:paper", draft.pk)
            except Unreadable as error:
                form.add_error("file" if form.cleaned_data.get("file") else "paste", str(error))
            except Refused as error:
                form.add_error(None, error.message)
    drafts = PaperDraft.objects.visible_to(request.user, request.today).on_the_table()[:5]
    context = {
        "form": form,
        "drafts": drafts,
        "paper": (COLUMNS_EN, EXAMPLE_EN) if in_english() else (COLUMNS, EXAMPLE),
        "steps": step_words(),
        "current": 1,
    }
    return render(request, "tasks/paper_start.html", context, status=status)


def _rows_to_try(request: Asked) -> str:
    """A few rows as they come out of a spreadsheet, where somebody asked for them; one date is impossible on purpose."""
    if "sample" not in request.GET:
        return ""
    return (FOLDER / f"paste-{'en' if in_english() else 'zh'}.tsv").read_text(encoding="utf-8")


def step_words() -> list[str]:
    """The names of the four steps."""
    return [_("Paste"), _("Check"), pgettext("step", "Units"), _("Publish")]


def find_draft(request: Asked, pk: int) -> PaperDraft:
    """The draft, or 404 for everybody but its maker."""
    drafts = PaperDraft.objects.visible_to(request.user, request.today).select_related(
        "issuer__body", "issuer__kind", "edition__approval"
    )
    return get_object_or_404(drafts, pk=pk)


def version_of(draft: PaperDraft) -> Edition | None:
    """The new version of an issued list that this draft is; None for a list of its own."""
    return getattr(draft, "edition", None)


def closed_version(draft: PaperDraft) -> Edition | None:
    """That version when it is out or waits for a leader: its draft stands still."""
    version = version_of(draft)
    return version if version is not None and version.closed else None


@require_http_methods(["GET", "POST"])
def check(request: Asked, pk: int) -> HttpResponse:
    """Step 2: every row as read, and every problem at once."""
    draft = find_draft(request, pk)
    if version := closed_version(draft):
        return redirect(version)
    if draft.published_id:
        return redirect("tasks:list", draft.published_id)
    if waits := waiting_page(request, draft):
        return waits
    paper, status = Paper(draft, request.today), 200
    if request.method == "POST":
        status = match_again(request, draft) if "columns" in request.POST else _save_check(request, paper)
        draft.refresh_from_db()
        paper = Paper(draft, request.today)
        if status == 200 and "next" in request.POST and not paper.problems and not title_problem(paper) and paper.rows:
            return redirect("tasks:paper-units", draft.pk)
        if "next" in request.POST and status == 200:
            status = 400
    context = _check_context(request, paper, status)
    return render(request, "tasks/paper_check.html", context, status=status)


def _save_check(request: Asked, paper: Paper) -> int:
    data = request.POST.dict()
    field, _equals, value = data.get("set", "").partition(
        "="
    )  # a suggestion's button: the field it fills and with what
    repairs = pressed(paper, field, value)
    if field and not repairs:
        data[field] = value
    written = {row.key: str(row.cells.get("due", "")) for row in paper.rows}
    answers = {
        "title": data.get("title", "").strip(),
        "title_en": data.get("title_en", "").strip(),
        "document_number": data.get("document_number", "").strip()[:60],
        "rows": row_answers(data, paper.answers.get("rows", {}), written, repairs),
        "names": name_answers(data, paper.answers.get("names", {}), _picked(paper, data)),
        "lead": data.get("lead", str(paper.answers.get("lead", "")))[:40],
    }
    return answer_kept(request, paper.draft, answers)


def _picked(paper: Paper, data: Mapping[str, str]) -> dict[str, str]:
    """Units typed or picked from the list of all units, by the unknown name that they stand for."""
    typed = {
        key[len("pick-") :]: text.strip() for key, text in data.items() if key.startswith("pick-") and text.strip()
    }
    if not typed:
        return {}
    known = labels([*paper.names.groups, *paper.names.units])
    found = {}
    for written, text in typed.items():
        match = paper.names.find(text)
        thing = known.get(text) or match.unit or match.group
        if thing:
            found[written] = key_of(thing)
    return found


def answer_kept(request: Asked, draft: PaperDraft, answers: dict[str, Any]) -> int:
    """Keep the answers; the status that the page has to carry."""
    version = request.POST.get("version", "")
    try:
        answer(
            draft,
            answers,
            version=int(version) if version.isdecimal() and len(version) < 9 else -1,
            by=request.user,
            op=operation(request),
            now=request.now,
        )
    except (Conflict, NotPossible) as error:
        messages.warning(request, error.message)
        return 409
    except Invalid as error:
        messages.error(request, error.message)
        return 400
    return 200


def _check_context(request: Asked, paper: Paper, status: int) -> dict[str, Any]:
    before = published_before(paper)
    wanted = request.GET.get("only", "")
    only = wanted if wanted in (PROBLEMS, ALL) else PROBLEMS if paper.problems else ALL
    rows = looked_at(paper, only)
    page = page_of(rows, place_of(rows, request.GET.get("at", "")) or request.GET.get("page"))
    problems = summary(paper, rows, only)
    if wrong := title_problem(paper, before):
        problems.insert(0, {"target": "id_title", "text": wrong})
    if not paper.rows:
        text = _("No header row found. Mark it, or match the columns by hand")
        problems.insert(0, {"target": "columns", "text": text})
    asked = paper.open_names
    return {
        "columns": columns_of(paper.draft),
        "column_words": column_words(),
        "column_titles": dict(column_words()),
        "paper": paper,
        "draft": paper.draft,
        "rows": page.object_list,
        "page_obj": page,
        "only": only,
        "problems": problems,
        "problem_count": len(paper.problems) + bool(wrong) + (not paper.rows),
        "problems_left": max(0, len(paper.problems) - PROBLEMS_SAID),
        "problem_rows": sum(bool(row.problems) for row in paper.rows),
        "waiting_rows": len(rows if only == PROBLEMS else looked_at(paper, PROBLEMS)),
        "open_names": [(m, [(key_of(s), s) for s in m.suggestions]) for m in asked[:NAMES_SHOWN]],
        "more_names": max(0, len(asked) - NAMES_SHOWN),
        "all_names": labels([*paper.names.groups, *paper.names.units]) if asked else {},
        "phrases": repeated_phrases(paper),
        "twins": twins(paper),
        "may_add_units": keeps_anything(request.posts),
        "leads": [(key_of(thing), thing) for thing in [*paper.names.groups, *paper.names.units]]
        if paper.without_lead
        else [],
        "notices": notices(paper.draft),
        "before": before,
        "without_lead": len(paper.without_lead),
        "usual_lead": str(paper.answers.get("lead", "")),
        "due_choices": DUE_CHOICES_EN if in_english() else DUE_CHOICES,
        "steps": step_words(),
        "current": 2,
        "has_errors": status == 400,
    }


def title_problem(paper: Paper, before: Earlier | None = None) -> str:
    """What is wrong with the list's name, in words, or nothing. The same list is not published twice."""
    if not paper.title:
        return _("Enter a list name")
    if len(paper.title) > TITLE_LIMIT:
        words = _("List name must be %(max)d characters or fewer; it has %(n)d")
        return words % {"max": TITLE_LIMIT, "n": len(paper.title)}
    if before or published_before(paper):
        return _("A list of this name was published for %(year)d. Change the name to publish another one") % {
            "year": paper.year
        }
    return ""


@require_safe
def sample(request: Asked) -> FileResponse:
    """A list as an office writes it, to try the way with."""
    path = SAMPLES.get(request.GET.get("language") or ("en" if in_english() else "zh"))
    if path is None or not path.exists():
        raise Http404
    headers = {"Content-Security-Policy": NOTHING_RUNS}
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, headers=headers)


@require_POST
def drop(request: Asked, pk: int) -> HttpResponse:
    """Throw the paper away."""
    draft = find_draft(request, pk)
    drop_paper(draft, by=request.user)
    messages.info(request, _("The draft was discarded. Nothing had been written"))
    return redirect("tasks:lists")
