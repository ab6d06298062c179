"""The composition root: it may know everyone, nobody imports it."""

from django.apps import AppConfig


class CppccPartyConfig(AppConfig):
    name = "cppcc_party"
