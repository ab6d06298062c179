"""Codes of invitations: sixteen characters that can be typed by hand, made from a stored seed and the site's secret key.

The database holds the seed and a hash of the code; without the secret key neither gives the code back, and with it a lost
slip can be printed again and a mail can be written later by the worker (decision 0022).
"""

from __future__ import annotations

import hashlib
import hmac
import uuid

from django.conf import settings
from django.urls import reverse

from branches.names import EASY

LENGTH, GROUP = 16, 4  # 31 letters and digits, sixteen times: 79 bits


def code_of(seed: uuid.UUID) -> str:
    """The code that belongs to a seed, in four groups of four."""
    key = settings.SECRET_KEY.encode()
    rest = int.from_bytes(hmac.new(key, b"invitation:" + seed.bytes, hashlib.sha256).digest(), "big")
    letters = []
    for _place in range(LENGTH):
        rest, letter = divmod(rest, len(EASY))
        letters.append(EASY[letter])
    return "-".join("".join(letters[start : start + GROUP]) for start in range(0, LENGTH, GROUP))


def tidy(typed: str) -> str:
    """What somebody typed, as the code is written: capitals, blanks and missing dashes do not matter."""
    plain = "".join(letter for letter in typed.lower() if letter in EASY)[: LENGTH + 1]
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def digest_of(code: str) -> str:
    """The hash under which a code is found."""
    return hashlib.sha256(tidy(code).encode()).hexdigest()


def link_of(code: str) -> str:
    """The whole address that a slip, a letter and a QR code carry."""
    return f"{settings.SITE_URL}{reverse('join', args=[code])}"


def page() -> str:
    """The address at which a code is typed by hand."""
    return f"{settings.SITE_URL}{reverse('join-start')}"
