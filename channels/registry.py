"""The one list of channels. Adding one: a folder, a line here and a folder of fixtures (docs/how-to/add-a-channel.md)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.conf import settings

from bot.replies import Reply
from channels.contract import Channel, Payload
from channels.sms import adapter as sms
from channels.sms import rendering as sms_rendering
from channels.telegram import adapter as telegram
from channels.telegram import rendering as telegram_rendering
from channels.web import rendering as web_rendering
from channels.whatsapp import adapter as whatsapp
from channels.whatsapp import rendering as whatsapp_rendering

if TYPE_CHECKING:
    from config.environment import Environment

logger = logging.getLogger(__name__)

WEB = web_rendering.NAME

RENDERINGS: Mapping[str, Callable[[Reply], Sequence[Payload]]] = MappingProxyType(
    {
        telegram_rendering.NAME: telegram_rendering.render,
        whatsapp_rendering.NAME: whatsapp_rendering.render,
        sms_rendering.NAME: sms_rendering.render,
        WEB: web_rendering.render,
    }
)

# Name -> (builder, the variables it needs). A builder returns None when a credential is missing.
_BUILDERS: Mapping[str, tuple[Callable[[Environment], Channel | None], tuple[str, ...]]] = MappingProxyType(
    {
        telegram_rendering.NAME: (telegram.from_environment, ("TELEGRAM_TOKEN", "TELEGRAM_SECRET")),
        whatsapp_rendering.NAME: (
            whatsapp.from_environment,
            ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "WHATSAPP_FROM"),
        ),
        sms_rendering.NAME: (sms.from_environment, ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SMS_FROM")),
    }
)
WEBHOOK_CHANNELS = tuple(_BUILDERS)


def build_channels(environment: Environment) -> Mapping[str, Channel]:
    """The channels that have credentials, by name."""
    built = {name: builder(environment) for name, (builder, _) in _BUILDERS.items()}
    return MappingProxyType({name: channel for name, channel in built.items() if channel is not None})


@cache
def enabled_channels() -> Mapping[str, Channel]:
    """`build_channels` for this process."""
    return build_channels(settings.SAFAR)


def report_channels() -> None:
    """One line for each channel, logged when a process starts."""
    for name, (_, variables) in _BUILDERS.items():
        if name in enabled_channels():
            logger.info("channel %s: on", name)
        else:
            logger.info("channel %s: off (set %s to turn it on)", name, ", ".join(variables))
