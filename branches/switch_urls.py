"""The switches of the frame and the doors of the demo: names without a namespace, since every page has them."""

from django.urls import path

from branches.views import accounts, demo, invitations, switches

urlpatterns = [
    path("language/", switches.set_language, name="set_language"),
    path("large-type/", switches.large_type, name="large-type"),
    path("scope/", switches.scope, name="scope"),
    path("join/", invitations.join_start, name="join-start"),
    path("join/<str:code>/", invitations.join, name="join"),
    path("demo/enter/", accounts.demo_enter, name="demo-enter"),
    path("demo/next-day/", demo.next_day, name="demo-next-day"),
    path("demo/mailbox/", demo.mailbox, name="demo-mailbox"),
    path("demo/mailbox/<int:pk>/", demo.mail, name="demo-mail"),
]
