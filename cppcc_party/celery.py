"""The Celery app. Its settings, the timetable among them, stand in settings.py under CELERY_."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc_party.settings")

app = Celery("cppcc_party")
app.config_from_object("django.conf:settings", namespace="CELERY")
# "Task" is a word of our domain, so Celery's functions live in modules named jobs.
app.autodiscover_tasks(["tasks.reminders", "tasks.papers", "dashboards"], related_name="jobs")
