"""Puts questions that are alike together, whatever their languages."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.core.cache import cache

from knowledge_base.misses.models import Miss, MissState

STORED = np.dtype("<f2")  # of a profile: half precision, 162 bytes for 81 topics
EXAMPLES = 5  # wordings that are seen at once
MOST_LISTED = 50  # wordings on the page; who wants to read more asks the filters
NEAREST = 3
_REMEMBERED_S = 3600


@dataclass(frozen=True)
class Wording:
    """A text in its language, and the questions that were asked in these very words, newest first."""

    language: str
    text: str
    misses: tuple[Miss, ...]

    @property
    def ids(self) -> str:
        """For a field of a form."""
        return _ids(self.misses)

    @property
    def times(self) -> int:
        return len(self.misses)

    @property
    def outcome(self) -> str:
        """What became of it, once it is closed."""
        newest = self.misses[0]
        if newest.state == MissState.OPEN:
            return ""
        return f"added to {newest.added_to}" if newest.added_to else "nothing to do"


@dataclass(frozen=True)
class Group:
    """Questions that are alike, newest first; at least one."""

    misses: tuple[Miss, ...]

    @property
    def ids(self) -> str:
        return _ids(self.misses)

    @property
    def newest(self) -> Miss:
        return self.misses[0]

    @property
    def has_open(self) -> bool:
        return any(miss.state == MissState.OPEN for miss in self.misses)

    @property
    def has_closed(self) -> bool:
        return any(miss.state != MissState.OPEN for miss in self.misses)

    @cached_property
    def languages(self) -> list[tuple[str, int]]:
        return Counter(miss.language for miss in self.misses).most_common()

    @cached_property
    def kinds(self) -> list[tuple[str, int]]:
        return Counter(miss.get_kind_display() for miss in self.misses).most_common()

    @cached_property
    def countries(self) -> list[tuple[str, int]]:
        return Counter(miss.country for miss in self.misses if miss.country).most_common()

    @cached_property
    def answered_with(self) -> list[tuple[str, int]]:
        """Articles that did not help, or were withheld."""
        return Counter(miss.article for miss in self.misses if miss.article).most_common()

    @cached_property
    def nearest(self) -> list[str]:
        """Ids of the articles that came nearest to most of them."""
        shares: dict[str, float] = defaultdict(float)
        for miss in self.misses:
            for article, share in miss.nearest:
                shares[article] += share
        return sorted(shares, key=lambda article: -shares[article])[:NEAREST]

    @cached_property
    def wordings(self) -> list[Wording]:
        """The different texts, those asked most often first, with one of each language before the rest."""
        asked: dict[tuple[str, str], list[Miss]] = defaultdict(list)
        for miss in self.misses:
            asked[miss.language, miss.text].append(miss)
        found = [Wording(tag, text, tuple(some)) for (tag, text), some in asked.items()]
        found.sort(key=lambda wording: -wording.times)
        first_of = {wording.language: wording for wording in reversed(found)}
        return sorted(found, key=lambda wording: wording is not first_of[wording.language])

    @property
    def examples(self) -> list[Wording]:
        return self.wordings[:EXAMPLES]

    @property
    def others(self) -> list[Wording]:
        return self.wordings[EXAMPLES:MOST_LISTED]

    @property
    def unlisted(self) -> int:
        return max(len(self.wordings) - MOST_LISTED, 0)


def _ids(misses: Iterable[Miss]) -> str:
    return ",".join(str(miss.pk) for miss in misses)


def groups_of(misses: Sequence[Miss]) -> list[Group]:
    """Biggest first, then newest. ``misses`` come newest first; one without a profile is a group by itself."""
    found: dict[object, list[Miss]] = defaultdict(list)
    for profile_of, some in _by_profile(misses).items():
        for miss, label in zip(some, _labels(some) if profile_of else range(len(some)), strict=True):
            found[profile_of, label].append(miss)
    groups = [Group(tuple(some)) for some in found.values()]
    return sorted(groups, key=lambda group: (-len(group.misses), -group.newest.day.toordinal()))


def _by_profile(misses: Iterable[Miss]) -> dict[str, list[Miss]]:
    """Only profiles of the same name can be compared."""
    found: dict[str, list[Miss]] = defaultdict(list)
    for miss in misses:
        found[miss.profile_of].append(miss)
    return found


def _labels(misses: Sequence[Miss]) -> Sequence[int]:
    """The group of each, by profile. Remembered for the next page of the list and the way back to it."""
    profiles = [miss.profile or b"" for miss in misses]
    key = f"misses-{hashlib.blake2b(b''.join(profiles), digest_size=16).hexdigest()}"
    return cache.get_or_set(key, lambda: _grouped(profiles), _REMEMBERED_S) or []


def _grouped(profiles: Sequence[bytes | memoryview]) -> list[int]:
    # Here, because it loads the search's libraries, which no other page and no command of the console needs.
    from knowledge_base.search.likeness import alike

    matrix = np.stack([np.frombuffer(profile, STORED) for profile in profiles]).astype(np.float32)
    return [int(label) for label in alike(matrix)]
