"""Doors to lists, tasks, assignments, review and files."""

from django.urls import path

from tasks.views import lists, signing

app_name = "tasks"
urlpatterns = [
    path("lists/", lists.index, name="lists"),
    # WIZARD path("lists/import/", papers.start, name="import"),
    # WIZARD path("lists/import/sample/", papers.sample, name="paper-sample"),
    # WIZARD path("lists/import/<int:pk>/", papers.check, name="paper"),
    # WIZARD path("lists/import/<int:pk>/units/", papers.units, name="paper-units"),
    # WIZARD path("lists/import/<int:pk>/publish/", papers.publish, name="paper-publish"),
    # WIZARD path("lists/import/<int:pk>/drop/", papers.drop, name="paper-drop"),
    path("lists/<int:pk>/", lists.detail, name="list"),
    path("lists/<int:pk>/published/", lists.published, name="list-published"),
    path("lists/<int:pk>/sign/", signing.sign_list, name="sign"),
    # WIZARD path("approvals/<int:pk>/", approvals.decide, name="approval"),
]
