"""The one page of the bare site: who is signed in, and 25 rows of one table as plain HTML."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from tasks.models import Assignment

PAGE = Engine().from_string(
    "<!doctype html><title>Bare</title><h1>{{ person }}</h1><table>{% for row in rows %}<tr><td>{{ row.pk }}</td>"
    "<td>{{ row.stage }}</td><td>{{ row.due_on|date:'Y-m-d' }}</td><td>{{ row.line }}</td></tr>{% endfor %}</table>"
)


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    """25 rows by their keys."""
    rows = Assignment.objects.order_by("pk")[:25]
    return HttpResponse(PAGE.render(Context({"person": request.user, "rows": rows})))


urlpatterns = [path("bare/", bare)]
