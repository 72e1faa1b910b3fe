"""The addresses of the channels; included at the root."""

from __future__ import annotations

from django.urls import path

from channels import gateway, health
from channels.web import views

urlpatterns = [
    path("", views.chat_page, name="chat"),
    path("chat/api", views.chat_api, name="chat-api"),
    path("chat/plain", views.chat_plain, name="chat-plain"),
    path("chat/forget", views.chat_forget, name="chat-forget"),
    path("webhooks/<slug:name>/", gateway.webhook, name="webhook"),
    path("webhooks/<slug:name>", gateway.webhook),  # a redirect would lose the body
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
