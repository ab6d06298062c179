"""Settings, in reading order; each environment variable is read once.

Three ways to run, told apart by two variables: a site (neither DEBUG nor DEMO: every protection on, SECRET_KEY and hosts
must be given), a demo on one's own machine (DEMO: a sign-in page with one-click people and a clock that can be moved,
loopback hosts only), and a developer's session (DEBUG: tracebacks in the browser).
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- How it runs ------------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
PRODUCTION = not DEBUG and not DEMO
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if PRODUCTION:
        raise ImproperlyConfigured("Set SECRET_KEY to at least 64 random characters.")
    SECRET_KEY = "only-for-a-demo-on-ones-own-machine-" + "0" * 32

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else LOOPBACK)
if DEMO and not set(ALLOWED_HOSTS) <= {*LOOPBACK, "testserver"}:
    raise ImproperlyConfigured(
        "DEMO lets visitors enter without a password: ALLOWED_HOSTS may hold loopback names only."
    )
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")

# --- Rooms ------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "cppcc_party",
    "dashboards",
    "activities",
    "tasks",
    "branches",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "treebeard",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "bootstrap",
    "heroicons",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    # headers first: what answers early (a redirect to https, a static file, an unknown host) carries them too
    "cppcc_party.middleware.HardeningMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "cppcc_party.middleware.MethodsMiddleware",
    "cppcc_party.middleware.UnavailableMiddleware",
    "cppcc_party.middleware.BadInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "branches.middleware.ClockMiddleware",
    "tasks.middleware.LinkMiddleware",
    "branches.middleware.IdleMiddleware",
    "branches.middleware.PostsMiddleware",
    "branches.middleware.SecondFactorMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "cppcc_party.urls"
WSGI_APPLICATION = "cppcc_party.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cppcc_party.context.frame",
            ],
            "builtins": ["branches.templatetags.frame"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Data -------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres://postgres@127.0.0.1:5432/cppcc_party")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        **DATABASES["default"].get("OPTIONS", {}),
        "connect_timeout": 3,
        # random_page_cost: a planner who thinks that disks turn reads whole tables to spare itself a few thousand keys;
        # jit: to compile a query costs more than any query of ours takes
        "options": "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=15000 -c random_page_cost=1.1 -c jit=off",
    },
}
if replica := env.str("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = env.db_url_config(replica) | {"TEST": {"MIRROR": "default"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cppcc",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "branches.User"
AUTHENTICATION_BACKENDS = ["cppcc_party.backend.Backend"]  # allauth's
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "branches.accounts.Adapter"
ACCOUNT_FORMS = {
    "login": "branches.account_forms.LoginForm",
    "reset_password": "branches.account_forms.ResetPasswordForm",
    "reset_password_from_key": "branches.account_forms.ResetPasswordKeyForm",
    "change_password": "branches.account_forms.ChangePasswordForm",
    "set_password": "branches.account_forms.SetPasswordForm",
    "reauthenticate": "branches.account_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a mail to strangers would offer the sign-up that does not exist
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = "branches.accounts.display"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key,100/15m/ip", "reset_password": "3/h/key,20/h/ip"}
JOIN_FAILURES = "30/15m/ip"  # wrong codes only: an office of two hundred joins from one address

MFA_ADAPTER = "branches.second_factor.Adapter"
MFA_FORMS = {
    "activate_totp": "branches.account_forms.ActivateTOTPForm",
    "authenticate": "branches.account_forms.AuthenticateForm",
    "reauthenticate": "branches.account_forms.ReauthenticateByCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = (
    True  # accounts are opened by admins, so there is no address that a stranger could have given
)
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
SECOND_FACTOR_DEMANDED = PRODUCTION  # of people who administer (design 11); everybody else may have one

# Signing in with an account elsewhere (branches.outside, decision 0032): never a sign-up, never by mail address
SOCIALACCOUNT_ADAPTER = "branches.outside.adapter.Adapter"
SIGN_IN_DINGTALK = env.str("SIGN_IN_DINGTALK", default="")  # https://APPKEY:APPSECRET@api.dingtalk.com
SIGN_IN_WECOM = env.str("SIGN_IN_WECOM", default="")  # https://CORPID:SECRET@qyapi.weixin.qq.com/AGENT
SIGN_IN_OIDC = env.str("SIGN_IN_OIDC", default="")  # https://CLIENT:SECRET@issuer, without its well-known part
SIGN_IN_OIDC_NAME = env.str("SIGN_IN_OIDC_NAME", default="")
OUTSIDE_FAILURES = "100/15m/ip"  # what came to nothing only: an office signs in behind one address

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_IDLE = 12 * 3600  # seconds; people who administer are signed out sooner on a site (design 11)
SESSION_IDLE_ADMIN = 600 if PRODUCTION else 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True

# --- Language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".local" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's pages have a use for our files
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = env.str(
    "MEDIA_ROOT", default=str(BASE_DIR / ".local" / "media")
)  # never served by address: tasks.views.files
FILE_UPLOAD_PERMISSIONS = 0o640
EVIDENCE_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # the check step of a long list sends a handful of fields for each row
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FILES = 60

# --- Mail, broker, timetable ------------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="mailbox://" if DEMO else "smtp://127.0.0.1:25")
if EMAIL_URL.startswith("mailbox:"):
    EMAIL_BACKEND = "branches.mailbox.MailboxBackend"
else:
    mail = environ.Env.email_url_config(EMAIL_URL)
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = mail["EMAIL_BACKEND"], mail["EMAIL_HOST"], mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail["EMAIL_HOST_USER"] or "", mail["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL = mail.get("EMAIL_USE_TLS", False), mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")

# What may be written to besides the mail server (tasks.reminders.wires): names of hosts, and those of them that may lie in
# the house. A site adds its own; without internet nothing of it is used.
OUTWARD_HOSTS = [
    host.lower()
    for host in env.list(
        "OUTWARD_HOSTS", default=["oapi.dingtalk.com", "qyapi.weixin.qq.com", "open.feishu.cn", "api.dingtalk.com"]
    )
]
OUTWARD_PRIVATE = [host.lower() for host in env.list("OUTWARD_PRIVATE", default=[])]
DINGTALK_URL = env.str("DINGTALK_URL", default="")  # https://APPKEY:APPSECRET@oapi.dingtalk.com/AGENT
DINGTALK_TODO_URL = env.str(
    "DINGTALK_TODO_URL", default=""
)  # https://api.dingtalk.com: what was told stands in to-do lists, too
WECOM_URL = env.str("WECOM_URL", default="")  # https://CORPID:SECRET@qyapi.weixin.qq.com/AGENT

CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 300, 240
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": 10, "socket_connect_timeout": 3}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT, CELERY_TASK_SERIALIZER = ["json"], "json"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    # A sweep may run twice, late or on two machines: what is due is derived from the data (design 8), never from the tick.
    "sweep": {"task": "tasks.reminders.jobs.sweep", "schedule": 30.0, "options": {"expires": 60}},
    # Months that are over are written down once; a look every quarter of an hour costs two queries.
    "close-months": {"task": "dashboards.jobs.close", "schedule": 900.0, "options": {"expires": 600}},
}

# --- Protection (reliability.md 6) ------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "cppcc_party.errors.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = (
        "HTTP_X_FORWARDED_PROTO",
        "https",
    )  # the proxy must overwrite this header, never pass it on
    SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD = 31_536_000, True, True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- Logs -------------------------------------------------------------------------------------------------------------
from cppcc_party.logs import configure  # noqa: E402 (needs nothing of the above, and the settings need it last)

LOGGING = configure(env.str("LOG_FORMAT", default="json" if PRODUCTION else "plain"))
