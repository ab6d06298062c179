"""Doors to organisational life (design 11)."""

from django.urls import path

from activities.views import cadence, meetings, recording, years

app_name = "activities"
urlpatterns = [
    path("activities/", years.overview, name="overview"),
    path("activities/missing/", years.missing, name="missing"),
    path("activities/new/", recording.new, name="new"),
    path("activities/cadence/", cadence.cadence, name="cadence"),
    path("activities/cadence/list/", cadence.make_list, name="cadence-list"),
    path("activities/cadence/<int:pk>/drop/", cadence.drop, name="cadence-drop"),
    path("activities/branch/<int:pk>/", years.branch, name="branch"),
    path("activities/branch/<int:pk>/shape/", years.shape, name="shape"),
    path("activities/<int:pk>/", meetings.meeting, name="meeting"),
    path("activities/<int:pk>/edit/", recording.edit, name="edit"),
    path("activities/<int:pk>/strike/", meetings.strike, name="strike"),
    path("activities/<int:pk>/tasks/", meetings.tasks, name="tasks"),
    path("activities/<int:pk>/print/", meetings.minutes, name="minutes"),
    path("activities/<int:pk>/files/<int:file>/", meetings.download, name="file"),
]
