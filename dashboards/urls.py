"""Doors to home, the boards, and the lists behind their figures."""

from django.urls import path

urlpatterns: list = []
