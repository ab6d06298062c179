"""Readings in words, in the language of the page: what was understood, and why a person is asked."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from tasks.deadlines.english import event_called
from tasks.deadlines.reading import Kind, Reading

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = {
    "MO": gettext_lazy("Monday"), "TU": gettext_lazy("Tuesday"), "WE": gettext_lazy("Wednesday"), "TH": gettext_lazy("Thursday"),
    "FR": gettext_lazy("Friday"), "SA": gettext_lazy("Saturday"), "SU": gettext_lazy("Sunday"),
}  # fmt: skip
SHOWN_DATES = 6

REASONS = {
    # problems: nothing can be published until someone chooses
    "missing": gettext_lazy("Enter a due date, or choose “ongoing”."),
    "no-time": gettext_lazy("No time is named. Enter a due date, or choose “ongoing”."),
    "vague": gettext_lazy("“%(phrase)s” is not a date. Try 6-30, end of June, Q3 or ongoing."),
    "not-understood": gettext_lazy("“%(phrase)s” was not understood. Try 6-30, end of June, Q3 or ongoing."),
    "number": gettext_lazy("“%(phrase)s” is a number, not a date."),
    "too-long": gettext_lazy("Too long for a due date. Enter a date, or choose “ongoing”."),
    "already-done": gettext_lazy("It says that this is already done. Import it as completed, or enter a due date."),
    "relative": gettext_lazy("Counted from the day of writing. Check the date."),
    "lunar": gettext_lazy("A lunar date. Enter the date of the solar calendar."),
    "season": gettext_lazy("A season has no fixed last day. Enter a date."),
    "day-without-month": gettext_lazy("A day without its month. Is it every month?"),
    "range-backwards": gettext_lazy("The end lies before the beginning."),
    "no-such-month": gettext_lazy("There is no month %(first)s."),
    "no-such-day": gettext_lazy("%(day)s %(month_name)s does not exist; the last day is the %(last)s."),
    "no-such-month-day": gettext_lazy("No month has a day %(first)s."),
    "no-such-quarter": gettext_lazy("There is no quarter %(first)s."),
    "no-such-year": gettext_lazy("The year %(first)s is out of range."),
    "no-such-week": gettext_lazy("The month does not have that week or weekday."),
    "no-such-workday": gettext_lazy("The month does not have that many working days."),
    "odd-turn": gettext_lazy("Every %(first)s months does not fit a year. Enter the dates."),
    "festival-unknown": gettext_lazy("The date of %(first)s in %(second)s is not known yet. Enter a date."),
    # doubts about which day
    "early-vague": gettext_lazy("“Early in the month” has no fixed day. Choose the day."),
    "middle-vague": gettext_lazy("The middle has no fixed day. Choose the day."),
    "before-span": gettext_lazy("“Before” a month or longer may mean before it begins or by its end. Choose the day."),
    "counted-from-day": gettext_lazy("Counted from a named day. Check the date."),
    "which-new-year": gettext_lazy("The New Year at the end of the plan year was taken. Check the date."),
    "inside-holiday": gettext_lazy("The day before lies within the holiday. Choose the day."),
    "festival-days": gettext_lazy("A holiday lasts several days. Choose the day."),
    "day-or-months": gettext_lazy("This may be one day or two months. Choose."),
    "day-for-each": gettext_lazy("The day was taken for each of the months. Check the dates."),
    "one-or-several": gettext_lazy("This may be one period or several due dates. Choose."),
    "once-or-each": gettext_lazy("Due each time, or only once? Choose."),
    "over-new-year": gettext_lazy("The end was taken to lie in the next year. Check the date."),
    "out-of-order": gettext_lazy("The dates are not in order. Is one of them in the next year?"),
    "next-january": gettext_lazy("It follows a later month. Is it in the next year?"),
    "weekday-differs": gettext_lazy("The weekday does not belong to this date. Check both."),
    "about": gettext_lazy("Only “about” this day. Choose the day."),
    "tentative": gettext_lazy("Marked as not yet final. Confirm the date."),
    "provisional": gettext_lazy("The working days of that year are not published yet. The date may move."),
    "which-week": gettext_lazy("The second week and the second such weekday can differ. Check the date."),
    "which-month": gettext_lazy("No month of the period is named; its last month was taken. Check the date."),
    "which-turn": gettext_lazy("Nothing says where the count begins. Check the dates."),
    "branch-chooses": gettext_lazy("The branch chooses its own fixed day; the last day of the month was taken."),
    "short-months": gettext_lazy("Some months are shorter; there their last day was taken."),
    "report-period": gettext_lazy("Which period does the report cover? Check the dates."),
    "each-month": gettext_lazy("Read as every month. Check."),
    "each-half": gettext_lazy("Read as every half-year. Check."),
    "each-quarter": gettext_lazy("Read as every quarter. Check."),
    "quarter-or-first": gettext_lazy("Once a quarter, or once in the first quarter? Choose."),
    "monday-or-weekly": gettext_lazy("Every Monday, or once a week? Choose."),
    "weekend": gettext_lazy("The weekend: Saturday or Sunday? Choose."),
    "far-year": gettext_lazy("The date lies far from the plan year. Check it."),
    "lost-zero": gettext_lazy("Excel may have dropped a zero: the 3rd or the 30th? Check the date."),
    "bare-number": gettext_lazy("A number was read as a month. Check."),
    "fixed-days-elsewhere": gettext_lazy("Last days of the half-years, unless fixed days are listed elsewhere. Check."),
    "this-year-only": gettext_lazy("This year’s date differs from the usual one. Confirm it."),
    "open-end": gettext_lazy("Only a beginning is named; the end of the year was taken. Check the end."),
    "start-and-end": gettext_lazy("Read as a beginning and an end. Check."),
    "until-day": gettext_lazy("Read as repeating until that day. Check."),
    "from-brackets": gettext_lazy("The time stands in brackets. Confirm it."),
    "brackets-differ": gettext_lazy("The words in brackets say something else. Check."),
    # doubts about how much
    "count-range": gettext_lazy("The number is a range; the smaller one was taken."),
    "count-vague": gettext_lazy("No number is named. Enter how many times."),
    "count-period": gettext_lazy("A number without a period; the plan year was taken."),
    "count-differs": gettext_lazy("The numbers do not agree with each other. Check."),
    "several-demands": gettext_lazy("Several dates with different demands. Separate milestones?"),
    "overlapping": gettext_lazy("The periods overlap. Check the dates."),
    "also-after": gettext_lazy("It also asks for something after an event; that needs a task of its own."),
    "also-at-once": gettext_lazy("It also asks for something at once; that needs a task of its own."),
    "also-ongoing": gettext_lazy("It also says “ongoing”. Which of the two counts?"),
    "also-notice": gettext_lazy("It also says that others will set the time. Confirm the date."),
    "also-dated": gettext_lazy("It also names other times. Check."),
    "not-all-read": gettext_lazy("Not every word about time was understood. Check the date."),
    # undated
    "at-once": gettext_lazy("At once: no date. The unit’s usual number of days is used."),
    "others-decide": gettext_lazy("Others set the date; it is filled in when they do."),
    "terms": gettext_lazy("The unit sets the dates of its terms."),
    "event-loose": gettext_lazy("It is not certain from which event the days count. Check."),
    "event-without-number": gettext_lazy("After an event, but no number of days. Enter it."),
    "before-event": gettext_lazy("Before an event: by the day itself, or the day before? Check."),
    "hours": gettext_lazy("Hours were rounded up to days."),
    "vague-too": gettext_lazy("Part of it names no time. Check."),
}


def day(value: date) -> str:
    """A date for the language of the page: 2026-03-31, or 31 Mar 2026."""
    if (get_language() or "").startswith("zh"):
        return value.isoformat()
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def explain(reading: Reading) -> str:
    """Why a person is asked, as a sentence; empty where nobody is."""
    template = REASONS.get(reading.reason)
    if template is None:
        return ""
    first, second, third = (*reading.reason_args, "", "", "")[:3]
    words = {"phrase": reading.phrase, "first": first, "second": second, "day": second, "month": first, "last": third}
    if reading.reason == "no-such-day":
        chinese = (get_language() or "").startswith("zh")  # Chinese uses the numbers
        words["month_name"] = first if chinese else LONG_MONTHS[int(first) - 1]
        words["last"] = third if chinese else _ordinal(int(third))
    return str(template) % words


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def describe(reading: Reading) -> str:
    """What was understood, in words for a page."""
    if reading.kind is Kind.BY:
        return _("by %(date)s") % {"date": day(reading.dates[-1])}
    if reading.kind is Kind.WINDOW and reading.window_start:
        return _("%(start)s to %(due)s") % {"start": day(reading.window_start), "due": day(reading.dates[-1])}
    if reading.kind in (Kind.WINDOW, Kind.DATES):
        return _several(reading)
    if reading.kind is Kind.EVERY:
        return _rhythm(reading)
    if reading.kind is Kind.QUOTA:
        return _quota(reading)
    if reading.kind is Kind.AFTER:
        return _after(reading)
    return {
        Kind.ONGOING: _("ongoing, no due date"),
        Kind.NOTICE: _("date to be notified"),
        Kind.MISSING: _("no due date given"),
    }.get(reading.kind, _("not understood"))


def _listed(dates: tuple[date, ...]) -> str:
    shown = pgettext("list separator", ", ").join(day(value) for value in dates[:SHOWN_DATES])
    return shown + " …" if len(dates) > SHOWN_DATES else shown


def _several(reading: Reading) -> str:
    count = len(reading.dates)
    return ngettext("%(count)d date: %(dates)s", "%(count)d dates: %(dates)s", count) % {
        "count": count,
        "dates": _listed(reading.dates),
    }


def _quota(reading: Reading) -> str:
    count = reading.count or 1
    if not reading.dates:
        return ngettext("%(count)d time a term", "%(count)d times a term", count) % {"count": count}
    words = ngettext("%(count)d time by %(date)s", "%(count)d times by %(date)s", count)
    return words % {"count": count, "date": day(reading.dates[-1])}


def _rhythm(reading: Reading) -> str:
    """每月26日 from its rule; what no short sentence holds is counted."""
    rules = [
        dict(part.split("=", 1) for part in rule.split(";") if "=" in part) for rule in reading.rule.split(" ") if rule
    ]
    parts = [_turn(rule, reading) for rule in rules]
    if not parts or not all(parts):
        count = len(reading.dates)
        words = ngettext("%(count)d date: %(dates)s", "%(count)d dates: %(dates)s", count)
        return words % {"count": count, "dates": _listed(reading.dates)}
    shown = pgettext("list separator", "; ").join(parts)
    if reading.count:
        times = ngettext("%(count)d time each", "%(count)d times each", reading.count) % {"count": reading.count}
        shown = pgettext("list separator", ", ").join((shown, times))
    return shown


def _turn(rule: dict[str, str], reading: Reading) -> str:
    days = [code for code in rule.get("BYDAY", "").split(",") if code]
    if rule["FREQ"] == "DAILY":
        return _("every day")
    if rule["FREQ"] == "WEEKLY":
        if "INTERVAL" in rule or len(days) > 3 or not days:
            return _("every working day") if days == ["MO", "TU", "WE", "TH", "FR"] else ""
        return _("every week, %(days)s") % {
            "days": pgettext("list separator", ", ").join(str(WEEKDAYS[code]) for code in days)
        }
    if "BYSETPOS" in rule or "BYDAY" in rule or "INTERVAL" in rule:
        return ""
    if rule["FREQ"] == "YEARLY":
        due = next((value for value in reading.dates if value.month == int(rule["BYMONTH"])), None)
        return _("every year by %(date)s") % {"date": day(due)} if due else ""
    named = {"": _("every month"), "3,6,9,12": _("every quarter"), "6,12": _("every half-year")}.get(
        rule.get("BYMONTH", "")
    )
    if named is None:
        return ""
    on = rule.get("BYMONTHDAY", "")
    if on == "-1":
        return _("%(every)s, last day") % {"every": named}
    listed = pgettext("list separator", ", ").join(
        _("last day") if number == "-1" else _("day %(number)s") % {"number": number} for number in on.split(",")
    )
    return _("%(every)s, %(days)s") % {"every": named, "days": listed} if "BYMONTH" not in rule else ""


def _after(reading: Reading) -> str:
    """Counted from an event that has no date yet."""
    event, offset = _called(reading.event), reading.offset
    if reading.reason == "at-once":
        return _("at once; the unit’s usual number of days")
    if offset is None:
        return _("after %(event)s; number of days to be set") % {"event": event}
    if reading.offset_unit == "monthend":
        return (
            _("last day of the month of %(event)s") % {"event": event}
            if not offset
            else _("last day of the month after %(event)s") % {"event": event}
        )
    if offset == 0:
        return _("on the day of %(event)s") % {"event": event}
    return _counted(offset, reading.offset_unit) % {"count": abs(offset), "event": event}


def _called(event: str) -> str:
    """What the days are counted from: as written on a Chinese page, on an English one in English."""
    if (get_language() or "").startswith("zh"):
        return f"“{event or _('publishing')}”"
    return event_called(event) if event else _("publishing")


def _counted(offset: int, unit: str) -> str:
    count = abs(offset)
    if unit == "workday" and offset > 0:
        return ngettext("%(count)d working day after %(event)s", "%(count)d working days after %(event)s", count)
    if unit == "workday":
        return ngettext("%(count)d working day before %(event)s", "%(count)d working days before %(event)s", count)
    if unit == "month" and offset > 0:
        return ngettext("%(count)d month after %(event)s", "%(count)d months after %(event)s", count)
    if unit == "month":
        return ngettext("%(count)d month before %(event)s", "%(count)d months before %(event)s", count)
    if offset > 0:
        return ngettext("%(count)d day after %(event)s", "%(count)d days after %(event)s", count)
    return ngettext("%(count)d day before %(event)s", "%(count)d days before %(event)s", count)
