"""The closed lists of the content format (docs/content-format.md)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, get_args

SourceKind = Literal["official", "un", "ngo", "news", "academic", "law-text", "secondary"]
ContactKind = Literal[
    "emergency",
    "police",
    "helpline",
    "embassy",
    "consulate",
    "labour-office",
    "government",
    "hospital",
    "ngo",
    "un",
]
Confidence = Literal["high", "medium", "low", "doubtful"]
Risk = Literal["high", "normal"]
Stage = Literal["deciding", "preparing", "travelling", "abroad", "returned", "family"]
Role = Literal[
    "rights-desk", "recruitment-desk", "health-desk", "protection-desk", "returns-desk", "service-desk"
]
UrgentKind = Literal["danger", "medical", "suicide", "sexual-violence", "trafficking", "detained", "stranded"]
HelpsWith = Literal[
    "danger",
    "medical",
    "fire",
    "suicide",
    "sexual-violence",
    "trafficking",
    "detained",
    "stranded",
    "missing-person",
    "wages",
    "passport",
    "contract",
    "domestic-work",
    "agent-fraud",
    "smuggling",
    "health",
    "hiv",
    "returnee",
    "legal-aid",
    "women",
    "children",
    "complaint",
    "online-fraud",
    "death",
    "general",
]
TranslationMethod = Literal["machine", "human"]

SOURCE_KINDS: tuple[str, ...] = get_args(SourceKind)
CONTACT_KINDS: tuple[str, ...] = get_args(ContactKind)
CONFIDENCES: tuple[str, ...] = get_args(Confidence)
RISKS: tuple[str, ...] = get_args(Risk)
STAGES: tuple[str, ...] = get_args(Stage)
ROLES: tuple[str, ...] = get_args(Role)
URGENT_KINDS: tuple[str, ...] = get_args(UrgentKind)
HELPS_WITH: tuple[str, ...] = get_args(HelpsWith)
TRANSLATION_METHODS: tuple[str, ...] = get_args(TranslationMethod)

MASTER_LANGUAGE = "en"
TRUSTED: frozenset[str] = frozenset({"high", "medium"})


class TranslationState(StrEnum):
    """Computed from the digest of the master that a translation was made of; never stored."""

    MISSING = "missing"
    MACHINE = "machine draft"
    REVIEWED = "reviewed"
    OUTDATED = "outdated"
