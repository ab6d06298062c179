"""What only a demo has: a clock that can be moved, and a mailbox in place of a mail server. Refused on a site."""

from __future__ import annotations

from django.db import models, transaction


class DemoState(models.Model):
    """One row at most: that the demo is loaded, and how many days its clock stands ahead of the real one."""

    only = models.BooleanField(primary_key=True, default=True)
    loaded_at = models.DateTimeField()
    days_ahead = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="demo_state_is_one_row", condition=models.Q(only=True))]

    def __str__(self) -> str:
        return f"+{self.days_ahead}"

    @classmethod
    def go_on(cls, days: int) -> None:
        """Move the demo's clock forward by so many days."""
        with transaction.atomic():
            state = cls.objects.select_for_update().get()
            state.days_ahead += days
            state.save(update_fields=["days_ahead"])


class DemoMail(models.Model):
    """A mail that the demo would have sent."""

    message_id = models.CharField(max_length=200, db_index=True)
    to = models.CharField(max_length=200)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.subject
