"""DingTalk and OpenID Connect as allauth knows them, narrowed to who somebody is; WeCom stands in a module of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest

from branches.outside import doors, wecom
from branches.outside.steps import OnlyWho, OurSteps, understood


class DingTalkSteps(OurSteps, DingTalkOAuth2Adapter):
    """DingTalk's, with the hosts of the door."""

    @property
    def authorize_url(self) -> str:
        """Where the browser goes."""
        return f"{self.door.page}/oauth2/auth"

    @property
    def access_token_url(self) -> str:
        """Where a code becomes a token of the person."""
        return f"{self.door.base}/v1.0/oauth2/userAccessToken"

    @property
    def profile_url(self) -> str:
        """Where the token says who it is."""
        return f"{self.door.base}/v1.0/contact/users/me"


class DingTalk(OnlyWho, DingTalkProvider):
    """Known by the id that DingTalk gives for this application."""

    oauth2_adapter_class = DingTalkSteps

    def who(self, data: Any) -> Any:
        """`openId`."""
        return data["openId"]

    def get_default_scope(self) -> list[str]:
        """Who it is, and not of which organisation."""
        return ["openid"]

    def get_auth_params(self) -> dict[str, str]:
        """DingTalk does not show its page without it."""
        return {"prompt": "consent"}


class OpenIdSteps(OurSteps, OpenIDConnectOAuth2Adapter):
    """OpenID Connect by the signed token alone; the server is held to what it says about itself."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the server says about itself: it must be the issuer of the settings, and send browsers over TLS."""
        if not hasattr(self, "_known"):
            with understood():
                said: dict[str, Any] = super().openid_config
                if said["issuer"].rstrip("/") != self.door.base:
                    raise OAuth2Error("another issuer")
                page = urlsplit(said["authorization_endpoint"])
                if page.scheme != "https" and (page.scheme, page.hostname) not in _plain_hosts():
                    raise OAuth2Error("a page without TLS")
                self._known = said
        return self._known

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        """Only the token that is signed for us says who it is."""
        with understood():
            claims = self._decode_id_token(app, kwargs["response"]["id_token"])
            if "exp" not in claims:
                raise OAuth2Error("a token without end")
            return self.get_provider().sociallogin_from_response(request, claims)


def _plain_hosts() -> set[tuple[str, str]]:
    return {("http", host) for host in settings.OUTWARD_PRIVATE}


class OpenId(OnlyWho, OpenIDConnectProvider):
    """Known by `sub` of one issuer."""

    id = doors.OIDC  # by which it is found again after the second factor
    oauth2_adapter_class = OpenIdSteps

    @property
    def server_url(self) -> str:
        """Where the server speaks about itself."""
        door = doors.find(self.app.provider)
        return self.wk_server_url(door.base if door else "")

    def who(self, data: Any) -> Any:
        """`sub`."""
        return data["sub"]

    def get_default_scope(self) -> list[str]:
        """Who it is; neither profile nor mail address."""
        return ["openid"]

    def get_pkce_params(self) -> dict[str, str]:
        """A code that somebody else catches is of no use to him."""
        found: dict[str, str] = generate_code_challenge()
        return found


CLASSES: dict[str, Any] = {doors.DINGTALK: DingTalk, doors.WECOM: wecom.WeCom, doors.OIDC: OpenId}
