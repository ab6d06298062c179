"""Signing in with an account that somebody has elsewhere: DingTalk, WeCom or an OpenID Connect server (decision 0032)."""
