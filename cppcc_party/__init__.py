"""The composition root. The Celery app is imported here so that every process that runs Django can send jobs."""

from cppcc_party.celery import app as celery_app

__all__ = ["celery_app"]
