"""The form by which a group robot is entered."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from branches.forms.fields import PlainForm
from tasks.models import Robot


class RobotForm(PlainForm):
    """Kind, address and secret, as the chat program shows them when a robot is made."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Robot.Kind.choices)
    name = forms.CharField(label=_("Name of the group"), max_length=40)
    address = forms.CharField(
        label=_("Address of the robot"),
        max_length=500,
        help_text=_("Kept under lock and not shown again"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Secret for signing"),
        max_length=200,
        required=False,
        help_text=_("DingTalk and Feishu show it as “signature”; a webhook needs one, WeCom has none"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
