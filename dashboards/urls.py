"""Doors to home, the boards, and the lists behind their figures."""

from django.urls import include, path

from dashboards.views import audit, boards, door, gallery, home, report, rows

dashboard_patterns = (
    [
        path("dashboard/", boards.own_board, name="board"),
        path("dashboard/<int:pk>/", boards.unit_board, name="unit-board"),
        path("dashboard/<int:pk>/report/", report.report, name="report"),
        path("dashboard/<int:pk>/report.docx", report.docx, name="report-docx"),
        path("dashboard/<int:pk>/rows/", rows.figure_rows, name="rows"),
        path("audit/", audit.trail_page, name="audit"),
        path("audit/export/", audit.export, name="audit-export"),
    ],
    "dashboards",
)

urlpatterns = [
    path("", home.home, name="home"),
    path("demo/tour/", door.tour_step, name="demo-tour"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("", include(dashboard_patterns)),
]
