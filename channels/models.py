"""The durable inbox and outbox. These rows are the truth; the task queue only wakes the worker.

An address stands in `Person` and nowhere else.
"""

# ruff: noqa: RUF012 -- Django reads Meta's lists once and nobody changes them.

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bot.replies import Button
from channels.contract import Payload


class Person(models.Model):
    """Where a person is reached. ``unreachable``: they blocked us or opted out."""

    channel = models.CharField(max_length=16)
    address = models.CharField(max_length=128)
    pseudonym = models.CharField(max_length=64, unique=True)
    unreachable = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="person_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.pseudonym[:8]}"


class Conversation(models.Model):
    """All we remember of a person between messages.

    choices: the numbered choices sent last, `[{"title", "payload"}]`: what "1" means now.
    answered: a `channels.misses.Answered`: what "not helpful" means now.
    lease, leased_until: the worker that answers just now; a lease that ran out belongs to a dead worker.
    window_started, window_count: messages received in the running minute, for the rate limit.
    """

    pseudonym = models.CharField(max_length=64, primary_key=True)
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=16, null=True)
    pinned = models.BooleanField(default=False)
    first_answered_at = models.DateTimeField(null=True)
    handoff_requested_at = models.DateTimeField(null=True, db_index=True)
    last_activity = models.DateTimeField(db_index=True)
    choices = models.JSONField(default=list)
    answered = models.JSONField(default=dict)
    lease = models.CharField(max_length=32, default="")
    leased_until = models.DateTimeField(null=True)
    window_started = models.DateTimeField(null=True)
    window_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.channel} {self.pseudonym[:8]}"

    @property
    def last_choices(self) -> tuple[Button, ...]:
        return tuple(Button(choice["title"], choice["payload"]) for choice in self.choices)


class InboundState(models.TextChoices):
    RECEIVED = "received"
    ANSWERING = "answering"
    ANSWERED = "answered"


class InboundMessage(models.Model):
    """What a person sent, stored once however often the provider delivers it.

    excess: by how many it passed the messages allowed in its minute; the first of them is told so, the rest rest.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="inbound")
    channel = models.CharField(max_length=16)
    provider_id = models.CharField(max_length=128)
    text = models.TextField(blank=True)
    payload = models.CharField(max_length=256, null=True)
    media = models.CharField(max_length=16, null=True)
    excess = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=16, choices=InboundState.choices, default=InboundState.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "provider_id"], name="inbound_once")]
        indexes = [
            models.Index(
                fields=["conversation", "id"], name="inbound_waiting", condition=~Q(state="answered")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} inbound {self.pk}"


class OutboundState(models.TextChoices):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class OutboundMessage(models.Model):
    """One message to a person. Sent in the order of ``id`` within a conversation.

    payload: `{"text", "buttons", "choices"}`. claimed_until: when a claim for sending runs out; a row in state
    ``sending`` after that may or may not have gone out.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="outbound")
    inbound = models.ForeignKey(InboundMessage, null=True, on_delete=models.SET_NULL, related_name="answers")
    seq = models.PositiveIntegerField()
    payload = models.JSONField()
    state = models.CharField(max_length=16, choices=OutboundState.choices, default=OutboundState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_index=True)
    next_attempt_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=128, blank=True, db_index=True)
    error_code = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            # The same inbound message cannot be answered twice, whatever the workers do.
            models.UniqueConstraint(fields=["inbound", "seq"], name="answered_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="outbound_due", condition=Q(state__in=["queued", "sending"])
            ),
            models.Index(
                fields=["conversation", "id"],
                name="outbound_waiting",
                condition=Q(state__in=["queued", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"outbound {self.pk} {self.state}"


class DeliveryReceipt(models.Model):
    """What a provider said became of a message; it may come before we have stored the message's id, and out of order."""

    channel = models.CharField(max_length=16)
    provider_id = models.CharField(max_length=128)
    status = models.CharField(max_length=16)
    error_code = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "provider_id", "status"], name="receipt_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} receipt {self.status}"


def payload_json(payload: Payload) -> dict[str, object]:
    """A payload as `OutboundMessage.payload` keeps it."""
    return {
        "text": payload.text,
        "buttons": buttons_json(payload.buttons),
        "choices": buttons_json(payload.choices),
    }


def buttons_json(buttons: tuple[Button, ...]) -> list[dict[str, str]]:
    return [{"title": button.title, "payload": button.payload} for button in buttons]


def stored_payload(row: OutboundMessage) -> Payload:
    """The payload of a row, as the channel sends it."""
    stored = row.payload
    return Payload(stored["text"], _buttons(stored["buttons"]), _buttons(stored["choices"]))


def _buttons(rows: list[dict[str, str]]) -> tuple[Button, ...]:
    return tuple(Button(row["title"], row["payload"]) for row in rows)
