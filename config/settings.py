"""Django settings. Everything that differs between installations comes from `config.environment`."""

from __future__ import annotations

import os
from typing import Any

import dj_database_url
from django.conf.locale import LANG_INFO

from config.environment import ROOT, Environment
from config.keys import kept_key
from nlu.languages import LANGUAGES as SAFAR_LANGUAGES

SAFAR = Environment.read(os.environ)
BASE_DIR = ROOT
VAR_DIR = SAFAR.var_dir
VAR_DIR.mkdir(parents=True, exist_ok=True)
(VAR_DIR / "static").mkdir(exist_ok=True)  # WhiteNoise warns of a missing one

DEBUG = SAFAR.debug
SECRET_KEY = SAFAR.secret_key.reveal() or kept_key(VAR_DIR / "keys", "django")
PSEUDONYM_KEY = SAFAR.pseudonym_key.reveal() or kept_key(VAR_DIR / "keys", "pseudonym")
ACTION_KEY = SAFAR.action_key.reveal() or kept_key(VAR_DIR / "keys", "action")
ALLOWED_HOSTS = [host.strip() for host in SAFAR.allowed_hosts.split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [SAFAR.public_url.rstrip("/")]

INSTALLED_APPS = [
    "config.apps.HouseConfig",
    "channels.apps.ChannelsConfig",
    "bot.apps.BotConfig",
    "knowledge_base.apps.KnowledgeBaseConfig",
    "knowledge_base.misses.apps.MissesConfig",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": dj_database_url.parse(SAFAR.database_url or f"sqlite:///{VAR_DIR / 'safar.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets the web process read while the worker writes; IMMEDIATE makes writers queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
    # A test database in a file, because workers of their own process must see it.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INDEX_DIR = VAR_DIR / "index"
MODEL_CACHE_DIR = VAR_DIR / "models"
RASA_MODEL_DIR = VAR_DIR / "rasa"
CONTENT_DIR = ROOT / "knowledge_base"
ENCODER = SAFAR.encoder
ENCODER_THREADS = SAFAR.encoder_threads
HUEY_FILE = VAR_DIR / "tasks.sqlite3"
TRACKER_FILE = VAR_DIR / "trackers.sqlite3"  # Rasa's memory; bot/trackers.py deletes from it

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
WAGTAIL_I18N_ENABLED = True
WAGTAIL_SITE_NAME = "Safar"
WAGTAILADMIN_BASE_URL = SAFAR.public_url
WAGTAIL_ENABLE_UPDATE_CHECK = False  # the console must not call out,
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # nor staff's browsers for their pictures

# Django knows neither our script-tagged languages nor Pashto and Sindhi.
for _tag, _language in SAFAR_LANGUAGES.items():
    LANG_INFO.setdefault(
        _tag.lower(),
        {
            "bidi": _language.direction == "rtl",
            "code": _tag.lower(),
            "name": _language.name,
            "name_local": _language.native_name,
        },
    )
LANGUAGES = [(tag.lower(), language.name) for tag, language in SAFAR_LANGUAGES.items()]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LANGUAGES_BIDI = [tag.lower() for tag, language in SAFAR_LANGUAGES.items() if language.direction == "rtl"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # `make run` needs no collectstatic

LOGIN_URL = "/console/login/"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Other sites hear nothing. With "no-referrer" browsers also leave the origin out of our own forms, and Django refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SAFAR.public_url.startswith("https://")
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"not_probes": {"()": "config.logs.NotProbes"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["not_probes"]}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Their INFO lines carry addresses (URLs with tokens, phone numbers).
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "telegram": {"level": "WARNING"},
        "twilio": {"level": "WARNING"},
        "sentence_transformers": {"level": "WARNING"},
        "huey": {"level": "WARNING"},
        "faiss": {"level": "WARNING"},
        "rasa_sdk": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
    },
}
