"""The frame: names and days in two languages, addresses, summaries of problems, and the rules every template keeps."""

import gzip
import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import engines, loader
from django.template.context import Context
from django.test import RequestFactory
from django.utils import translation

from branches.templatetags.frame import problems

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
UNIT = SimpleNamespace(name="甲县政协", name_en="County A CPPCC", short_name="甲县")
BARE = SimpleNamespace(name="机关党委", name_en="")


def say(source: str, language: str = "en", path: str = "/", **context: object) -> str:
    """A line of template in one of the two languages."""
    with translation.override(language):
        return engines["django"].from_string(source).render({"request": RequestFactory().get(path), **context}).strip()


@pytest.mark.parametrize(
    ("source", "language", "expected"),
    [
        ("{% named unit %}", "zh-hans", "甲县政协"),
        ("{% named unit short=True %}", "zh-hans", "甲县"),
        ("{% named unit %}", "en", "County A CPPCC"),
        ("{% named bare %}", "en", '<span lang="zh-Hans">机关党委</span>'),
        ("{% named bare %}", "zh-hans", "机关党委"),
        ("{% named None %}", "en", "--"),
        ("{{ '报送<案例>'|as_written }}", "zh-hans", "报送<案例>"),
        ("{{ text|as_written }}", "en", '<span lang="zh-Hans">&lt;案例&gt;</span>'),
        ("{{ text|as_written }}", "zh-hans", "&lt;案例&gt;"),
        ("{{ 'ledger'|as_written }}", "en", "ledger"),
        (
            "{{ row|quoting }}",
            "en",
            'Row 4: no unit “<span lang="zh-Hans">办公室</span>&lt;<span lang="zh-Hans">科</span>&gt;”',
        ),
        (
            "{{ '办理：http://a.cn/a/1/?b=2&c=3。<b>'|linked }}",
            "zh-hans",
            '办理：<a href="http://a.cn/a/1/?b=2&amp;c=3">http://a.cn/a/1/?b=2&amp;c=3</a>。&lt;b&gt;',
        ),
        ("{{ missing|quoting }}", "zh-hans", "没有“办公室”"),
    ],
)
def test_names_and_words_of_people(source, language, expected):
    sentences = {"row": "Row 4: no unit “办公室<科>”", "missing": "没有“办公室”"}
    assert say(source, language, unit=UNIT, bare=BARE, text="<案例>", **sentences) == expected


@pytest.mark.parametrize(
    ("source", "chinese", "english"),
    [
        ("{{ on|day }}", "2026-05-12", "12 May 2026"),
        ("{{ on|day_long }}", "5月12日（周二）", "12 May 2026"),
        ("{{ on|day_official }}", "2026年5月12日", "12 May 2026"),
        ("{{ on|day_short }}", "5-12", "12 May"),
        ("{{ at|moment }}", "5-12 00:30", "12 May 00:30"),
    ],
)
def test_days_in_both_languages_and_in_shanghai(source, chinese, english):
    values = {"on": date(2026, 5, 12), "at": datetime(2026, 5, 11, 16, 30, tzinfo=UTC)}

    assert say(source, "zh-hans", **values) == f'<span class="atom">{chinese}</span>'
    assert say(source, "en", **values) == f'<span class="atom">{english}</span>'


def test_no_day_is_two_dashes():
    assert say("{{ on|day }}", on=None) == "--"


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(142, 160, "89%"), (3, 4, "3/4"), (0, 0, "--"), (5, 5, "100%")]
)
def test_ratio_gives_no_percentage_under_five(part, whole, expected):
    assert say("{% ratio part whole %}", part=part, whole=whole) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("{% query page=3 %}", "?unit=7&amp;tag=a&amp;tag=b&amp;page=3"),
        ("{% query unit=9 %}", "?tag=a&amp;tag=b&amp;unit=9"),
        ("{% query unit=None %}", "?tag=a&amp;tag=b"),
        ("{% query %}", "?unit=7&amp;tag=a&amp;tag=b"),
    ],
)
def test_query_keeps_filters_and_begins_again_at_page_one(tag, expected):
    assert say(tag, path="/lists/?unit=7&tag=a&tag=b&page=2") == expected


def test_op_field_is_another_one_each_time():
    assert say("{% op_field %}") != say("{% op_field %}")


class Sample(forms.Form):
    title = forms.CharField(error_messages={"required": "Enter a list name"})
    reason = forms.ChoiceField(
        choices=[("a", "A")], widget=forms.RadioSelect, error_messages={"required": "Choose why"}
    )

    def clean(self):
        raise forms.ValidationError("The two do not fit")


def test_summary_names_every_problem_and_leads_to_its_field():
    assert problems(Sample({}), None, Sample()) == [
        {"target": "", "text": "The two do not fit"},
        {"target": "id_title", "text": "Enter a list name"},
        {"target": "id_reason_0", "text": "Choose why"},
    ]
    page = say('{% include "parts/_error_summary.html" with form=form only %}', form=Sample({}))
    assert "There are 3 problems" in page
    assert '<a href="#id_title">Enter a list name</a>' in page


class Bounds(forms.Form):
    soon = forms.IntegerField(
        label="Due soon", min_value=1, error_messages={"min_value": "Enter a number from 1 to 60"}
    )
    short = forms.IntegerField(label="Short", min_value=1, error_messages={"min_value": "Enter a number from 1 to 20"})
    name = forms.CharField(label="Name", error_messages={"required": "Enter a name"})


def test_summary_says_which_field_where_the_same_words_stand_beside_several():
    with translation.override("en"):
        found = problems(Bounds({"soon": "-5", "short": "-5"}))

    assert [problem["text"] for problem in found] == [
        "Due soon: Enter a number from 1 to 60",
        "Short: Enter a number from 1 to 20",
        "Enter a name",
    ]


def test_field_ties_label_help_and_error_to_the_control():
    page = say('{% include "parts/_field.html" with field=form.title only %}', form=Sample({}))

    assert '<label for="id_title">Title</label>' in page
    assert 'aria-describedby="id_title_error"' in page
    assert 'id="id_title_error"' in page


def test_pager_keeps_the_filters():
    page = Paginator(range(200), 20).page(2)

    text = say('{% include "parts/_pagination.html" %}', path="/lists/?unit=7", page_obj=page)

    assert "21 to 40 of 200" in text
    assert 'href="?unit=7&amp;page=3"' in text


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 500, 503])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_error_pages_need_neither_request_nor_database(code, language):
    with translation.override(language):
        page = loader.get_template(f"{code}.html").template.render(Context({}))

    assert page.count("<h1>") == 1
    assert "<h1></h1>" not in page
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in page


@pytest.mark.parametrize("code", [500, 503])
def test_pages_for_our_own_failures_speak_both_languages(code):
    with translation.override("zh-hans"):
        page = loader.get_template(f"{code}.html").template.render(Context({}))

    assert "保存在本机" in page
    assert '<p class="hint" lang="en">' in page


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_keep_to_the_content_policy(path):
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"))

    assert not re.search(r"<[^>]*\sstyle=", source)
    assert not re.search(r"<[^>]*\son[a-z]+=", source)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|javascript:", source)


def weight(*names: str) -> int:
    """What a browser fetches, zipped."""
    return sum(len(gzip.compress(Path(finders.find(name)).read_bytes(), 9)) for name in names)


def test_stylesheets_and_scripts_stay_light():
    always = ("bootstrap/css/bootstrap.min.css", "css/app.css")
    for family in (
        "css/boards.css",
        "css/work.css",
        "css/notices.css",
    ):  # a page has one of them; print.css comes after everything
        assert weight(*always, family) <= 40 * 1024, family
    assert weight("js/app.js", "django_htmx/htmx-2.min.js") <= 45 * 1024


def test_bootstrap_is_the_version_we_looked_at():
    assert b"Bootstrap  v5.3.3" in Path(finders.find("bootstrap/css/bootstrap.min.css")).read_bytes()[:200]


def test_scripts_make_no_code_and_no_markup_of_text():
    script = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "static/js").glob("*.js"))

    assert not re.search(r"\beval\(|new Function|innerHTML", script)
