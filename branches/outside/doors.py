"""The doors of a site: where else an account may be that lets its owner in, read from the settings and from nowhere else.

`SIGN_IN_DINGTALK=https://APPKEY:APPSECRET@api.dingtalk.com`, `SIGN_IN_WECOM=https://CORPID:SECRET@qyapi.weixin.qq.com/AGENT`,
`SIGN_IN_OIDC=https://CLIENT:SECRET@issuer`. A provider that stands in the house adds `?page=https://host`: where the browser
is sent to. What holds special characters is written as in any address (%2F for a slash).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DINGTALK, WECOM, OIDC = "dingtalk", "wecom", "oidc"
NAMES: dict[str, Promise] = {DINGTALK: _("DingTalk"), WECOM: _("WeCom"), OIDC: _("Single sign-on")}
PAGES = {DINGTALK: "https://login.dingtalk.com", WECOM: "", OIDC: ""}
FORMS = {
    DINGTALK: "https://APPKEY:APPSECRET@api.dingtalk.com",
    WECOM: "https://CORPID:SECRET@qyapi.weixin.qq.com/AGENT",
    OIDC: "https://CLIENT:SECRET@issuer",
}


@dataclass(frozen=True)
class Door:
    """One of them, as its setting says."""

    code: str
    base: str  # scheme and host; with OpenID Connect the whole issuer
    key: str
    secret: str
    agent: str = ""
    page: str = ""  # where the browser is sent to, where that is not said by the provider itself

    @property
    def name(self) -> str:
        """What people call it."""
        return (self.code == OIDC and settings.SIGN_IN_OIDC_NAME) or str(NAMES[self.code])

    def mark_of(self, who: str) -> str:
        """What is kept of somebody known there as `who`: enough to know him again, and of no use elsewhere.

        The provider is part of it: the same name at another corp, application or issuer is somebody else.
        """
        owner = self.base if self.code == OIDC else f"{self.base} {self.key}"
        return hashlib.sha256(f"{self.code} {owner}\n{who}".encode()).hexdigest()


def written(code: str) -> str:
    """The setting of a door; empty where the site does not have it."""
    found: str = {
        DINGTALK: settings.SIGN_IN_DINGTALK, WECOM: settings.SIGN_IN_WECOM, OIDC: settings.SIGN_IN_OIDC,
    }.get(code, "")  # fmt: skip
    return found


def read(code: str) -> Door:
    """The door as it is written. Raises ValueError where that cannot be read."""
    wrong = ValueError(f"SIGN_IN_{code.upper()} is not {FORMS[code]}")
    try:
        parts = urlsplit(written(code))
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError as error:
        raise wrong from error
    path, page = parts.path.strip("/"), parse_qs(parts.query).get("page", [PAGES[code]])[0].rstrip("/")
    whole = parts.scheme in ("https", "http") and parts.username and parts.password and host
    if not whole or (code == WECOM and not path) or (page and urlsplit(page).scheme not in ("https", "http")):
        raise wrong
    base = f"{parts.scheme}://{host}"
    if code == OIDC and path:
        base = f"{base}/{path}"
    agent = path if code == WECOM else ""
    return Door(code, base, unquote(parts.username or ""), unquote(parts.password or ""), agent, page)


def find(code: str) -> Door | None:
    """This door, where the site has it and its setting can be read."""
    try:
        return read(code) if written(code) else None
    except ValueError:  # said when the site starts (branches.outside.checks)
        return None


def offered() -> list[Door]:
    """The doors of this site."""
    return [door for door in map(find, NAMES) if door is not None]
