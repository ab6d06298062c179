"""WeCom (企业微信), for which allauth has no provider: OAuth2 with names and steps of its own.

Inside the program the browser is sent to a page that knows who it is, outside to one that shows a code to scan. It comes back
with a code, and the token of the application (not of the person) turns that into the user id of the corp.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.http import HttpRequest

from branches.outside import doors
from branches.outside.doors import Door
from branches.outside.steps import OnlyWho, OurSteps, understood

SCAN, KNOWN = "/wwlogin/sso/login", "/connect/oauth2/authorize"
SCAN_HOST, KNOWN_HOST = "https://login.work.weixin.qq.com", "https://open.weixin.qq.com"
STALE = {40001, 40014, 41001, 42001}  # WeCom's words for "this token is no good"
EARLY = 300  # seconds before its end a token is asked for anew
_tokens: dict[Door, tuple[str, float]] = {}


class Client(OAuth2Client):
    """Writes the address that the browser is sent to."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        """The page and what it has to know."""
        words = {"appid": self.consumer_key, "redirect_uri": self.callback_url, "state": self.state, **extra_params}
        if authorization_url.endswith(KNOWN):
            words |= {"response_type": "code", "scope": "snsapi_base"}
            return f"{authorization_url}?{urlencode(words)}#wechat_redirect"
        return f"{authorization_url}?{urlencode(words | {'login_type': 'CorpApp'})}"


class WeComSteps(OurSteps, OAuth2Adapter):
    """A code for a user id, by the token of the application."""

    provider_id = doors.WECOM
    client_class = Client
    access_token_url = ""  # the token belongs to the application, not to a person

    @property
    def authorize_url(self) -> str:
        """Inside the program and outside it."""
        inside = "wxwork" in self.request.headers.get("User-Agent", "").lower()
        return (self.door.page or KNOWN_HOST) + KNOWN if inside else (self.door.page or SCAN_HOST) + SCAN

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: Any = None
    ) -> dict[str, str]:
        """The token of the application."""
        with understood():
            return {"access_token": token_of(self.door)}

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        """What WeCom says about the code. A token that has gone stale is asked for anew, once."""
        with understood():
            found = _who(self.door, request.GET["code"])
            if found.get("errcode") in STALE:
                _tokens.pop(self.door, None)
                found = _who(self.door, request.GET["code"])
            if found.get("errcode") != 0:
                raise OAuth2Error(f"WeCom says {found.get('errcode')}")
            return self.get_provider().sociallogin_from_response(request, found)


class WeCom(OnlyWho, OAuth2Provider):
    """Known by the user id of one corp."""

    id = doors.WECOM
    name = "WeCom"
    oauth2_adapter_class = WeComSteps

    def who(self, data: Any) -> Any:
        """`userid`; people who are not of the corp have none."""
        return data["userid"]

    def get_auth_params(self) -> dict[str, str]:
        """Which application of the corp asks."""
        return {"agentid": doors.read(doors.WECOM).agent}


def token_of(door: Door) -> str:
    """The application's token for a request now, kept in this process until it runs out: WeCom refuses who asks too often."""
    kept, until = _tokens.get(door, ("", 0.0))
    if kept and time.monotonic() < until:
        return kept
    found = _ask(door, "/cgi-bin/gettoken", corpid=door.key, corpsecret=door.secret)
    token, lives = found.get("access_token"), found.get("expires_in")
    if not isinstance(token, str) or not token:
        raise OAuth2Error(f"WeCom gives no token: {found.get('errcode')}")
    _tokens[door] = (token, time.monotonic() + max(0, (lives if isinstance(lives, int) else 0) - EARLY))
    return token


def _who(door: Door, code: str) -> dict[str, Any]:
    return _ask(door, "/cgi-bin/auth/getuserinfo", access_token=token_of(door), code=code)


def _ask(door: Door, path: str, **words: str) -> dict[str, Any]:
    with get_adapter().get_requests_session() as session:
        found: dict[str, Any] = session.get(door.base + path, params=words).json()
    return found


def forget_tokens() -> None:
    """Ask for new ones; for tests, and after the secret was changed."""
    _tokens.clear()
