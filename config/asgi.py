"""The web process: Django, and beside it the private endpoint that runs Rasa's custom actions.

`/actions` is answered before Django because it is called once in every turn and needs neither its
middleware nor the database.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application: Any = get_asgi_application()

from bot.actions.endpoint import actions_application  # noqa: E402  (Django first)
from bot.lookup import warm_up  # noqa: E402


async def application(scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Dispatch by path; ASGI 3."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["path"].rstrip("/") == "/actions":
        await actions_application(scope, receive, send)
    else:
        await django_application(scope, receive, send)


async def lifespan(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Load the model and the index while the port is already open; `/readyz` says when that is done."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return
