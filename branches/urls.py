"""Doors to people, units, branches and one's own settings; the switches of the frame are in branches.switch_urls."""

from django.urls import path

from branches.views import invitations, life, people, platforms, standins, units, wishes

app_name = "branches"
urlpatterns = [
    path("units/", units.units, name="units"),
    path("units/new/", units.unit_new, name="unit-new"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit-edit"),
    path("units/<int:pk>/end/", units.unit_end, name="unit-end"),
    path("units/<int:pk>/appoint/", people.appoint, name="appoint"),
    path("units/<int:pk>/aliases/", units.alias_add, name="alias-add"),
    path("units/<int:pk>/aliases/<int:alias>/remove/", units.alias_remove, name="alias-remove"),
    path("posts/<int:pk>/end/", people.post_end, name="post-end"),
    path("people/", people.people, name="people"),
    path("people/new/", people.person_new, name="person-new"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/stand-in/", standins.stand_in, name="stand-in"),
    path("stand-ins/<int:pk>/end/", standins.stand_in_end, name="stand-in-end"),
    path("people/<int:pk>/edit/", people.person_edit, name="person-edit"),
    path("people/<int:pk>/account/", invitations.person_account, name="person-account"),
    path("people/<int:pk>/standing/", people.person_standing, name="person-standing"),
    path("invitations/", invitations.invitations, name="invitations"),
    path("invitations/new/", invitations.invite, name="invite"),
    path("invitations/<int:pk>/withdraw/", invitations.invitation_withdraw, name="invitation-withdraw"),
    path("invitations/<uuid:lot>/", invitations.slips, name="slips"),
    path("platforms/", platforms.platforms, name="platforms"),
    path("platforms/new/", platforms.platform_new, name="platform-new"),
    path("platforms/<int:pk>/", platforms.platform, name="platform"),
    path("branches/", life.branches, name="branches"),
    path("branches/new/", life.branch_new, name="branch-new"),
    path("branches/<int:pk>/", life.branch, name="branch"),
    path("branches/<int:pk>/approve/", life.branch_approve, name="branch-approve"),
    path("branches/<int:pk>/activate/", life.branch_activate, name="branch-activate"),
    path("branches/<int:pk>/members/", life.branch_members, name="branch-members"),
    path("branches/<int:pk>/members/<int:row>/end/", life.member_end, name="member-end"),
    path("settings/<int:pk>/", wishes.wishes, name="settings"),
    path("me/", wishes.me, name="me"),
    path("feedback/", wishes.feedback, name="feedback"),
    path("feedback/<int:pk>/answer/", wishes.feedback_answer, name="feedback-answer"),
    path("help/", wishes.help_page, name="help"),
    path("accessibility/", wishes.accessibility, name="accessibility"),
]
