"""Doors to home, the boards, and the lists behind their figures."""

from django.urls import include, path

from dashboards.views import boards, home, report, rows

board_patterns = (
    [
        path("", boards.own_board, name="board"),
        path("<int:pk>/", boards.unit_board, name="unit-board"),
        path("<int:pk>/report/", report.report, name="report"),
        path("<int:pk>/report.docx", report.docx, name="report-docx"),
        path("<int:pk>/rows/", rows.figure_rows, name="rows"),
    ],
    "dashboards",
)

urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", include(board_patterns)),
]
