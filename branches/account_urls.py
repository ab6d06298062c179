"""Signing in and out (allauth); accounts are opened by admins, so there is no sign-up."""

from allauth.account import views
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from django.urls import path

from branches.views import accounts, invitations, outside, second_factor

urlpatterns = [
    path("login/", accounts.login, name="account_login"),
    path("logout/", accounts.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/<str:uidb36>-<str:key>/",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("help/", invitations.whom_to_ask, name="account_help"),
    path("with/<slug:code>/", outside.start, name="account_outside_start"),
    path("with/<slug:code>/connect/", outside.connect, name="account_outside_connect"),
    path("with/<slug:code>/back/", outside.back, name="account_outside_back"),
    path("with/<slug:code>/end/", outside.end, name="account_outside_end"),
    path("second-factor/", factor.index, name="mfa_index"),
    path("second-factor/code/", factor.authenticate, name="mfa_authenticate"),
    path("second-factor/again/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/set-up/", second_factor.activate, name="mfa_activate_totp"),
    path("second-factor/give-up/", second_factor.deactivate, name="mfa_deactivate_totp"),
    path("second-factor/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/recovery/new/", second_factor.new_codes, name="mfa_generate_recovery_codes"),
]
