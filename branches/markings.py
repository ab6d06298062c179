"""Secrecy markings: words that may not be stored anywhere here, nor logged (design 10, ux C5).

Pure, and in the lowest room, so that feedback and reports ask the same question as uploads do.
"""

from __future__ import annotations

import re
import unicodedata

# 秘密★, 机密★1年, 绝密★长期, with blanks between as offices space them out; the star may be a hollow one or an emoji
MARKING = re.compile(r"[绝機机秘]\s*密\s*[★☆⭐✩✭✯]")
STRIPPED = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F])  # invisible, between the signs


def secret_marking(text: str) -> bool:
    """Whether a text or a file name carries a secrecy marking. Says only that it does: the words are not passed on."""
    return bool(MARKING.search(unicodedata.normalize("NFKC", text).translate(STRIPPED)))
