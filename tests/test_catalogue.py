"""The catalogue tool: what it finds, what it keeps, what it refuses."""

import gettext
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cppcc_party import catalogue

PYTHON = """
from django.utils.translation import gettext as _, ngettext_lazy as several, pgettext, npgettext
from django.utils import translation as words
import django.utils.translation

_("Plain")
_("Glued " "by the " + "parser")
several("%(count)d day", "%(count)d days", 2)
pgettext("month", "May")
npgettext("fruit", "pear", "pears", 2)
words.gettext_lazy("Through the module")
django.utils.translation.gettext_noop("Through the full name")
_(variable)
print("Not for people")
"""

TEMPLATE = """{% load i18n %}
{% translate "Title" %} {% translate "May" context "modal" %} {% trans "100%" %}
{% if shown %}{% blocktranslate trimmed count n=rows|length %}
  {{ n }} row
{% plural %}
  {{ n }} rows
{% endblocktranslate %}{% elif word == _("Literal in a condition") %}{% endif %}
{% include "part.html" with label=_("Label") %}{{ name|default:_("Nobody") }}
{% comment %}{{ _("In a comment") }}{% endcomment %}{% translate variable %}
"""


@pytest.fixture
def base(tmp_path: Path, settings) -> Path:
    """A small source tree with one Python file and one template, as the settings see it."""
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "views.py").write_text(PYTHON, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


def po(base: Path) -> dict[tuple[str, str], object]:
    """The entries on disk."""
    return catalogue.known(catalogue.load(base / "locale/zh_Hans/LC_MESSAGES/django.po"))


def merge(base: Path, words: dict) -> None:
    file = base / "words.json"
    file.write_text(json.dumps(words), encoding="utf-8")
    call_command("catalogue", merge=file)


def put(base: Path, source: str) -> None:
    (base / "app" / "views.py").write_text(
        f"from django.utils.translation import gettext as _\n{source}\n", encoding="utf-8"
    )
    (base / "templates" / "page.html").write_text("", encoding="utf-8")


def refused(base: Path) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("catalogue", check=True)
    return str(caught.value)


def test_finds_python_strings_under_any_alias(base):
    found = catalogue.harvest(base)

    of_python = {key for key, message in found.messages.items() if message.files == {"app/views.py"}}
    assert of_python == {
        ("", "Plain"),
        ("", "Glued by the parser"),
        ("", "%(count)d day"),
        ("month", "May"),
        ("fruit", "pear"),
        ("", "Through the module"),
        ("", "Through the full name"),
    }
    assert found.messages["", "%(count)d day"].plural == "%(count)d days"


def test_finds_template_strings_as_django_asks_for_them(base):
    found = catalogue.harvest(base)

    of_template = {key for key, message in found.messages.items() if message.files == {"templates/page.html"}}
    assert of_template == {
        ("", "Title"),
        ("modal", "May"),
        ("", "100%%"),
        ("", "%(n)s row"),
        ("", "Literal in a condition"),
        ("", "Label"),
        ("", "Nobody"),
    }
    assert found.messages["", "%(n)s row"].plural == "%(n)s rows"


def test_merge_keeps_what_is_known_and_compiles(base):
    merge(base, {"Plain": "普通", "month\x04May": "五月"})
    merge(base, {"%(count)d day": {"plural": "%(count)d days", "zh": "%(count)d 天"}})

    with (base / "locale/zh_Hans/LC_MESSAGES/django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Plain") == "普通"
    assert compiled.pgettext("month", "May") == "五月"
    assert compiled.ngettext("%(count)d day", "%(count)d days", 1) == "%(count)d 天"


def test_merge_drops_words_that_no_source_uses(base, capsys):
    merge(base, {"Nowhere": "没有"})

    assert ("", "Nowhere") not in po(base)
    assert "'Nowhere'" in capsys.readouterr().err


def test_merge_says_what_it_changed(base, capsys):
    merge(base, {"Plain": "普通"})
    merge(base, {"Plain": "平常"})

    assert "'普通' -> '平常'" in capsys.readouterr().err


def test_entries_of_a_broken_template_wait_until_it_can_be_read(base):
    merge(base, {"Title": "标题"})
    (base / "templates" / "page.html").write_text("{% if %}", encoding="utf-8")
    call_command("catalogue")

    assert catalogue.chinese(po(base)["", "Title"]) == "标题"


def test_a_second_run_changes_nothing(base):
    call_command("catalogue")
    file = base / "locale/zh_Hans/LC_MESSAGES/django.po"
    before = file.stat().st_mtime_ns, file.read_text(encoding="utf-8")
    call_command("catalogue")

    assert (file.stat().st_mtime_ns, file.read_text(encoding="utf-8")) == before


def test_missing_prints_what_merge_takes(base, capsys):
    put(base, '_("Plain"); _("Known")')
    merge(base, {"Known": "已知"})
    capsys.readouterr()
    call_command("catalogue", missing=True)

    assert json.loads(capsys.readouterr().out) == {"Plain": ""}


def test_check_passes_a_complete_catalogue(base, capsys):
    put(base, '_("Plain")')
    merge(base, {"Plain": "普通"})
    call_command("catalogue", check=True)

    assert "1 strings, all with Chinese" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "words", "fault"),
    [
        ('_("Plain")', {}, "no Chinese: 'Plain'"),
        ('_("Hello %(name)s")', {"Hello %(name)s": "%(nome)s 好"}, "placeholders differ"),
        ('_("Hello {name}")', {"Hello {name}": "好"}, "placeholders differ"),
        ('_("Plain")', {"Plain": "请填写"}, "ux.md h rules out in '请填写'"),
        ('_("Plain")', {"Plain": "保存成功！"}, "ux.md h rules out in '保存成功！'"),
        ('_("Please wait")', {"Please wait": "稍候"}, "ux.md h rules out (English)"),
        ('_("中文")', {"中文": "中文"}, "Han characters in a translatable string"),
        ('_(f"Hello {name}")', {}, "an f-string cannot be translated"),
    ],
)
def test_check_names_the_fault(base, source, words, fault):
    put(base, source)
    merge(base, words)

    assert fault in refused(base)


@pytest.mark.parametrize("word", ["申请延期", "请假", "邀请", "提请审议"])
def test_check_knows_the_words_that_only_look_like_begging(base, word):
    put(base, '_("Plain")')
    merge(base, {"Plain": word})

    call_command("catalogue", check=True)


def test_check_names_strings_that_are_not_in_the_catalogue_and_entries_nobody_uses(base):
    put(base, '_("Old")')
    merge(base, {"Old": "旧"})
    put(base, '_("New")')

    assert refused(base).splitlines() == ["not in the catalogue: 'New'", "no longer used: 'Old'"]


def test_check_names_han_in_a_template_and_templates_that_cannot_be_read(base):
    put(base, "")
    call_command("catalogue")
    (base / "templates" / "page.html").write_text("工作台", encoding="utf-8")
    (base / "templates" / "broken.html").write_text("{% endif %}", encoding="utf-8")

    lines = refused(base).splitlines()
    assert lines[0] == "templates/page.html: bare Han characters in a template"
    assert lines[1].startswith("templates/broken.html: cannot be read")
