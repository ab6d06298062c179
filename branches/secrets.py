"""Secrets and the key of the site: addresses made from a stored seed and found by a hash, and words kept under lock, so that a
copy of the database alone opens nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def token_of(purpose: str, seed: uuid.UUID) -> str:
    """The secret part of an address; the same seed and purpose always give the same one, 43 characters."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"{purpose}:".encode() + seed.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def standing_token(purpose: str, seed: uuid.UUID, kept: str) -> str:
    """The token again, as long as the key of the site is the one that gave the hash `kept`; else empty."""
    found = token_of(purpose, seed)
    return found if hash_of(found) == kept else ""


def hash_of(token: str) -> str:
    """What a table keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def locked(purpose: str, text: str) -> str:
    """Words as the table may keep them."""
    return _locks(purpose).encrypt(text.encode()).decode()


def unlocked(purpose: str, text: str) -> str:
    """The words again; empty where the key of the site has been changed without a fallback."""
    try:
        return _locks(purpose).decrypt(text.encode()).decode()
    except InvalidToken:
        return ""


def _locks(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{key}".encode()).digest())) for key in keys]
    )
