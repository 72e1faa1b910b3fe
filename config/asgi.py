"""The web process: Django, and beside it the private endpoint that runs Rasa's custom actions.

`/actions` is answered before Django because it is called once in every turn and needs neither its
middleware nor the database.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from bot.actions.endpoint import actions_application  # noqa: E402


async def application(scope, receive, send):  # type: ignore[no-untyped-def]
    """Dispatch by path; ASGI 3."""
    if scope["type"] == "http" and scope["path"].startswith("/actions"):
        await actions_application(scope, receive, send)
    elif scope["type"] == "http":
        await django_application(scope, receive, send)
