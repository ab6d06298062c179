"""Secret addresses: made from a stored seed and the key of the site, found by a hash, so that the table alone gives nobody in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid

from django.conf import settings


def token_of(purpose: str, seed: uuid.UUID) -> str:
    """The secret part of an address; the same seed and purpose always give the same one, 43 characters."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"{purpose}:".encode() + seed.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What a table keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()
