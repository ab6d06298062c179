"""One include for each door (design 11)."""

from django.urls import include, path

from cppcc_party import errors, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("branches.account_urls")),
    path("", include("dashboards.urls")),
    path("", include("activities.urls")),
    path("", include("tasks.urls")),
    path("", include("branches.urls")),
    path("", include("branches.switch_urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
