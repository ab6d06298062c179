"""Days off and make-up days that this site has entered on top of the yearly data (design 5): one table for everybody."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarDay(models.Model):
    """A day that is worked or not, whatever the weekday says; `tasks.calendar` reads it for every count of working days."""

    day = models.DateField(_("Day"), unique=True)
    worked = models.BooleanField(_("Worked"), help_text=_("A make-up day is worked; a holiday is not"))
    name = models.CharField(_("Name"), max_length=40, blank=True)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {'worked' if self.worked else 'off'}"
