"""Three providers on loopback in which people have accounts: an OpenID Connect server, DingTalk and WeCom.

Each knows who sits in front of it (`person`). `agree` is what a browser does there: it is given the address that it was sent
to, and comes back by the one that it gives.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt

from tests.reminders.receiver import Got, Receiver

Answer = tuple[int, dict[str, Any]]
PAGE = "<!doctype html><html lang=en><title>Office</title><link rel=icon href=data:,><h1>Office</h1>"


def asked(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def back_to(words: dict[str, str], **more: str) -> str:
    """The address by which a browser comes back."""
    return f"{words['redirect_uri']}?{urlencode({**more, 'state': words['state']})}"


@dataclass
class Issuer:
    """An OpenID Connect server with one client. What a test changes here is what a bad server would do."""

    port: int = 0
    code: str = "oidc"
    person: str = "sub-1"
    secret: str = "s/e:cret"
    claims: dict[str, Any] = field(default_factory=dict)  # in place of the right ones
    says: dict[str, Any] = field(default_factory=dict)  # in place of what the discovery should say
    status: dict[str, int] = field(default_factory=dict)  # by the end of the path
    silent: threading.Event | None = None  # until it is set nothing is answered
    begun: dict[str, dict[str, str]] = field(default_factory=dict)
    got: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}/realms/office"

    @property
    def setting(self) -> str:
        return f"http://office:s%2Fe%3Acret@localhost:{self.port}/realms/office"

    def agree(self, address: str) -> str:
        """Give a code for the client that asks."""
        words = asked(address)
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (words["client_id"], words["response_type"], words["scope"]) == ("office", "code", "openid")
        assert words["code_challenge_method"] == "S256"
        code = uuid.uuid4().hex
        self.begun[code] = words
        return back_to(words, code=code)

    def answer(self, path: str, body: bytes) -> tuple[int, dict[str, Any] | str]:
        """What is said on this path; a page is text."""
        bare = urlsplit(path).path
        if bare.endswith("/.well-known/openid-configuration"):
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            } | self.says
        if bare.endswith("/authorize"):
            way = escape(self.agree(f"http://localhost:{self.port}{path}"))
            return (
                200,
                f'{PAGE}<a href="{way}">Allow</a>',
            )
        return self._token(body) if bare.endswith("/token") else (404, {})

    def _token(self, body: bytes) -> Answer:
        sent = dict(parse_qsl(body.decode()))
        begun = self.begun.pop(sent.get("code", ""), None)
        digest = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).decode()
        if begun is None or begun["code_challenge"] != digest.rstrip("="):
            return 400, {"error": "invalid_grant"}
        given = (sent["client_id"], sent["client_secret"], sent["redirect_uri"])
        if given != ("office", self.secret, begun["redirect_uri"]):
            return 401, {"error": "invalid_client"}
        right = {
            "iss": self.issuer,
            "aud": "office",
            "sub": self.person,
            "exp": int(time.time()) + 60,
            "email": "a@b.cn",
        }
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        return 200, {"access_token": "t", "token_type": "Bearer", "id_token": jwt.encode(claims, "k" * 32)}


@contextmanager
def issuing() -> Iterator[Issuer]:
    """The server, as long as the block runs."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path).path
            issuer.got.append(path)
            if issuer.silent is not None:
                issuer.silent.wait(30)
                return
            status, found = issuer.answer(self.path, body)
            status = next((one for end, one in issuer.status.items() if path.endswith(end)), status)
            content = (found if isinstance(found, str) else json.dumps(found)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if isinstance(found, str) else "application/json")
            if status == 302:
                self.send_header("Location", f"{issuer.issuer}/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _handle

        def log_message(self, *_args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    issuer.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield issuer
    finally:
        if issuer.silent is not None:
            issuer.silent.set()
        server.shutdown()
        server.server_close()


@dataclass
class DingTalk:
    """DingTalk: the browser comes back with `authCode`; a token of the person tells his ids."""

    receiver: Receiver
    code: str = "dingtalk"
    person: str = "open-1"
    codes: set[str] = field(default_factory=set)

    def agree(self, address: str) -> str:
        """Give a code for the application that asks."""
        words = asked(address)
        assert address.startswith("https://login.dingtalk.com/oauth2/auth?")
        assert (words["client_id"], words["response_type"], words["scope"]) == ("appkey", "code", "openid")
        assert words["prompt"] == "consent"
        code = uuid.uuid4().hex
        self.codes.add(code)
        return back_to(words, authCode=code)

    def decide(self, got: Got) -> Answer | None:
        """The two answers of a sign-in."""
        if got.path == "/v1.0/oauth2/userAccessToken":
            sent = got.json
            right = (sent["clientId"], sent["clientSecret"], sent["grantType"])
            if right != ("appkey", "appsecret", "authorization_code") or sent["code"] not in self.codes:
                return 400, {"code": "invalidParameter.authCode.notFound", "message": "不合法的临时授权码"}
            self.codes.remove(sent["code"])
            return 200, {"accessToken": "of-the-person", "refreshToken": "r", "expireIn": 7200, "corpId": "ding1"}
        if got.path == "/v1.0/contact/users/me":
            if got.headers.get("x-acs-dingtalk-access-token") != "of-the-person":
                return 401, {"code": "InvalidAuthentication"}
            return 200, {"nick": "小名", "openId": self.person, "unionId": "u", "mobile": "13900004321"}
        return None


@dataclass
class WeCom:
    """WeCom: the application's own token turns a code into the user id of the corp."""

    receiver: Receiver
    code: str = "wecom"
    person: str = "ZhouWen"
    codes: set[str] = field(default_factory=set)
    tokens: list[str] = field(default_factory=list)  # every one that was given; the last one is good
    customer: bool = False  # somebody who is not of the corp

    def agree(self, address: str) -> str:
        """Give a code for the application that asks."""
        words = asked(address)
        assert (words["appid"], words["agentid"]) == ("corp", "1000002")
        code = uuid.uuid4().hex
        self.codes.add(code)
        return back_to(words, code=code)

    def decide(self, got: Got) -> Answer | None:
        """The two answers of a sign-in."""
        path, words = urlsplit(got.path).path, asked(got.path)
        if path == "/cgi-bin/gettoken":
            if (words["corpid"], words["corpsecret"]) != ("corp", "secret"):
                return 200, {"errcode": 40001, "errmsg": "invalid credential"}
            self.tokens.append(f"token/{len(self.tokens)}")
            return 200, {"errcode": 0, "errmsg": "ok", "access_token": self.tokens[-1], "expires_in": 7200}
        if path == "/cgi-bin/auth/getuserinfo":
            if words["access_token"] != self.tokens[-1]:
                return 200, {"errcode": 42001, "errmsg": "access_token expired"}
            if words["code"] not in self.codes:
                return 200, {"errcode": 40029, "errmsg": "invalid code"}
            self.codes.remove(words["code"])
            who = {"openid": "o", "external_userid": "e"} if self.customer else {"userid": self.person}
            return 200, {"errcode": 0, "errmsg": "ok"} | who
        return None
