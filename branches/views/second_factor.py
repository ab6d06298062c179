"""The second factor's set-up: allauth's page with the code drawn by us, and a line of history for what changed."""

from __future__ import annotations

from typing import Any

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.http import HttpResponse

from branches import qr
from branches.actions.record import note
from branches.requests import Asked


def _note(request: Any, verb: str) -> None:
    note(verb, request.user, by=request.user, post=None, op=None, now=request.now, person=request.user)


class Activate(ActivateTOTPView):
    """Read the code with an authenticator (or type its secret), then prove it with a first code."""

    request: Asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The address of the secret as a picture of ours."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return context | {"picture": qr.picture(context["totp_url"]), "secret": groups}

    def form_valid(self, form: Any) -> HttpResponse:
        """Set up."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, "second-factor-added")
        return response


class Deactivate(DeactivateTOTPView):
    """Give the second factor up, where it is not demanded."""

    request: Asked

    def form_valid(self, form: Any) -> HttpResponse:
        """Given up."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, "second-factor-dropped")
        return response


class NewCodes(GenerateRecoveryCodesView):
    """Ten new recovery codes in place of the old ones."""

    request: Asked

    def form_valid(self, form: Any) -> HttpResponse:
        """Made."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, "recovery-codes-made")
        return response


activate = Activate.as_view()
deactivate = Deactivate.as_view()
new_codes = NewCodes.as_view()
