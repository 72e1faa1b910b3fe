"""The web process: Django, and before it the two addresses that are asked in every turn."""

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
from channels.web.asgi import PATH, chat_application  # noqa: E402

# What is asked in every turn is answered without Django's middleware, whose thread changes cost more than the work itself.
BEFORE_DJANGO = {"/actions": actions_application, PATH: chat_application}


async def application(scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Dispatch by path; ASGI 3."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] in BEFORE_DJANGO:
        await BEFORE_DJANGO[scope["path"]](scope, receive, send)
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
