"""The sign-in forms: each empty field has its own words, and nothing of the package's own voice is left."""

import pytest
from django.utils import translation

from branches import account_forms as forms
from branches.models import User


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {"login": ["Enter the username or the mail address"], "password": ["Enter the password"]}),
        ("zh-hans", {"login": ["填写用户名或邮箱"], "password": ["填写密码"]}),
    ],
)
def test_empty_sign_in_names_each_field(language, expected):
    with translation.override(language):
        assert dict(forms.LoginForm({}).errors) == expected


@pytest.mark.parametrize("form", [forms.ChangePasswordForm, forms.SetPasswordForm, forms.ReauthenticateForm])
def test_no_placeholders_and_one_short_help(form):
    fields = form(user=User()).fields

    assert not any("placeholder" in field.widget.attrs for field in fields.values())
    assert {name for name, field in fields.items() if field.help_text} <= {"password1"}


def test_browsers_may_fill_in_the_username():
    assert forms.LoginForm().fields["login"].widget.attrs["autocomplete"] == "username"
