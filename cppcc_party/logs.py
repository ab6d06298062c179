"""Structured logs: one line an event, with request id and user id; no bodies, cookies or tokens (reliability.md 6)."""

import re
from typing import Any

import structlog

RESET_KEY = re.compile(r"(/password/reset/key/|/join/|/calendar/|/l/)[^/\s]+")
DETAIL = re.compile(r"^(DETAIL|LINE \d+|CONTEXT):.*", re.MULTILINE)  # where PostgreSQL repeats what was to be stored


def discreet(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Leave out what people typed and what opens doors: query strings, keys in addresses, rows quoted by the database."""
    for name in ("event", "request", "path", "error", "exception"):
        if isinstance(text := event.get(name), str):
            text = text.partition("?")[0] if name in ("request", "path") else text
            event[name] = DETAIL.sub(r"\1: (left out)", RESET_KEY.sub(r"\1(left out)", text))
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configure(style: str) -> dict[str, Any]:
    """The LOGGING setting: `json` for machines, anything else for a person's eyes."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if style != "json":
        last = structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    discreet,
                    last,
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.security.csrf": {"level": "WARNING"},
            "celery": {"level": "INFO"},
        },
    }
