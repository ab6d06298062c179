"""Gives the demo its English: what stands in `english.txt`, and names that have one of their own, for every word a page shows.

Names of units, platforms, people, lists and tasks have fields for it; all other words get a `Wording` of the city.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from activities.models import Attendance, Cadence, Meeting
from branches.models import (
    BodySettings,
    Branch,
    BranchType,
    Change,
    CppccMembership,
    Feedback,
    Pairing,
    PlannedChange,
    Platform,
    Post,
    StandIn,
    Term,
    Unit,
    UnitAlias,
    UnitGroup,
    User,
    Wording,
)
from branches.second_language import HAN, items
from tasks.models import (
    Approval,
    Assignment,
    Bearer,
    Breach,
    Clarification,
    Duty,
    Event,
    Extension,
    HelpRequest,
    Instruction,
    ListTemplate,
    PaperDraft,
    Receiver,
    Report,
    SavedFilter,
    Slip,
    SlipNote,
    SlipWords,
    StoredFile,
    Task,
    TaskList,
    TaskText,
)

FILE = Path(__file__).with_name("english.txt")
NUMBER = re.compile(r"\d+")
# Everything that people write and pages show, where it has no field for its English
WRITTEN = {
    Meeting: ("place", "topic", "decisions"), Attendance: ("note",), Cadence: ("source",),
    BodySettings: ("late_reasons", "return_phrases"), UnitAlias: ("name",), Term: ("name",),
    Branch: ("approval_document", "plan_paper", "duties", "arrangements", "summary"),
    Pairing: ("office_gives", "members_give"), Platform: ("place", "gap_words"),
    Post: ("fields_in_charge", "appointment"), CppccMembership: ("sector_name", "work"),
    Change: ("subject", "before", "after", "reason"), PlannedChange: ("reason", "words"), StandIn: ("reason",),
    Feedback: ("text", "answer"),
    TaskList: ("title", "document_number", "source"), Approval: ("words",), Task: ("evidence_reason",),
    TaskText: ("heading", "measures", "leader_written", "lead_written", "support_written", "evidence_written",
               "content"),
    Receiver: ("written",), Assignment: ("stop_reason", "late_reason"), Event: ("reason",), Report: ("text",),
    Duty: ("heading", "source"), Bearer: ("post_title",), Breach: ("words",), StoredFile: ("name",),
    Extension: ("reason", "progress"), HelpRequest: ("text", "answer"), Clarification: ("text",),
    Instruction: ("text", "answer"), SlipWords: ("names", "prefixes"), Slip: ("prefix", "level_name", "matter", "content"),
    SlipNote: ("text",), ListTemplate: ("name",), SavedFilter: ("name",), PaperDraft: ("answers__title",),
    # named by their own fields where there is a link, and as plain words on papers
    Unit: ("name",), UnitGroup: ("name",),
}  # fmt: skip
NAMES = (  # names with their English
    (User, "name", "name_en"), (Unit, "name", "name_en"), (UnitAlias, "name", "unit__name_en"),
    (UnitGroup, "name", "name_en"), (Platform, "name", "name_en"), (BranchType, "name", "name_en"),
    (Post, "title", "title_en"), (TaskList, "title", "title_en"), (TaskText, "content", "content_en"),
    (Duty, "content", "content_en"),
)  # fmt: skip
# Cells of papers that are not issued: what stands there besides words about time
CELLS = (
    "content",
    "measures",
    "leader",
    "lead_written",
    "support_written",
    "evidence",
    "lead_units",
    "supporting_units",
)


class English:
    """The English of the words of the demo: from the file, else from a name that has its own."""

    def __init__(self) -> None:
        lines = FILE.read_text(encoding="utf-8").splitlines()
        pairs = (line.split(" = ", 1) for line in lines if line and not line.startswith("# "))
        self.said: dict[str, str] = {words: english for words, english in pairs}  # noqa: C416 (pairs of two, says the type)
        self.names: dict[str, str] = {
            words: english
            for model, name, name_en in NAMES
            for words, english in model._default_manager.values_list(name, name_en)
        }

    def of(self, words: str) -> str:
        """The English of these words; "" where nobody has written it."""
        template = self.said.get(NUMBER.sub("#", words), "")
        numbers = iter(NUMBER.findall(words))
        return re.sub("#", lambda _mark: next(numbers), template) if template else self.names.get(words, "")

    def items(self, value: object) -> Iterator[str]:
        """The Chinese in a field: each text whole, or item by item where a cell holds several of them."""
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list | tuple):
            for one in value:
                yield from self.items(one)
        elif isinstance(value, str) and HAN.search(value):
            yield from items(value, lambda words: bool(self.of(words)))


def speak(city: Unit) -> None:
    """Write the English of everything that stands in the demo; what has none is found by a test, not by a visitor."""
    english = English()
    said = {words: english.of(words) for words in written(english)}
    Wording.objects.bulk_create(
        Wording(body=city, words=words, words_en=said[words]) for words in sorted(said) if said[words]
    )


def written(english: English) -> Iterator[str]:
    """Everything Chinese in the demo that has no field for its English."""
    for model, fields in WRITTEN.items():
        yield from english.items(list(model._default_manager.order_by("pk").values_list(*fields)))
    yield from english.items([slip.called for slip in Slip.objects.order_by("pk")])
    for rows in PaperDraft.objects.values_list("rows__rows", flat=True):
        yield from english.items([[row.get(name, "") for name in CELLS] for row in rows])
    for rows in ListTemplate.objects.values_list("rows", flat=True):
        yield from english.items([[row.get(name, "") for name in CELLS] for row in rows])
