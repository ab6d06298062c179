"""What is said when the site starts: a door whose setting cannot be read, or whose host may not be asked."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from branches import outward
from branches.outside import doors


@register
def doors_can_be_used(**_kwargs: Any) -> list[CheckMessage]:
    """Every door that the site names works as far as its settings go."""
    found: list[CheckMessage] = []
    for code in doors.NAMES:
        if not doors.written(code):
            continue
        try:
            reason = outward.why_not(doors.read(code).base)
        except ValueError as error:
            found.append(Error(str(error), id="branches.E001"))
        else:
            if reason:
                words = f"The host of SIGN_IN_{code.upper()} cannot be asked: {reason}. See OUTWARD_HOSTS"
                found.append(Error(words, id="branches.E002"))
    return found
