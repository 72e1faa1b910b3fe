"""One small mistake per row, made in a copy of a content tree without any; the report must name file, place and cause."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.files import load_library, read_content
from knowledge_base.problems import ContentErrors, Level, Problem, errors

SA = "articles/sa/passport/article.yml"
SA_EN = "articles/sa/passport/en.md"
SA_UR = "articles/sa/passport/ur.md"
SA_ROMAN = "articles/sa/passport/ur-Latn.md"
AE = "articles/ae/passport/article.yml"
AE_EN = "articles/ae/passport/en.md"
FEES = "articles/departure/fees/article.yml"
FEES_EN = "articles/departure/fees/en.md"
FEES_PS = "articles/departure/fees/ps.md"
FEES_SD = "articles/departure/fees/sd.md"
CONTACTS = "contacts/test.yml"
SOURCES = "sources/test.yml"
FACT_CHECKS = "fact_checks/test.yml"


@dataclass(frozen=True)
class Mistake:
    """In ``path``, ``old`` became ``new``; the report says ``message`` at ``place``."""

    situation: str
    path: str
    old: str
    new: str
    place: str
    message: str
    level: Level = Level.ERROR
    reported_in: str = ""


def warned(situation: str, path: str, old: str, new: str, place: str, message: str) -> Mistake:
    return Mistake(situation, path, old, new, place, message, Level.WARNING)


SOURCE_MISTAKES = [
    Mistake(
        "unknown key",
        SOURCES,
        "publisher: Test Bureau",
        "publsher: Test Bureau",
        "pk-test-fees.publsher",
        "not permitted",
    ),
    Mistake("missing key", SOURCES, "  publisher: Test Bureau\n", "", "pk-test-fees.publisher", "required"),
    Mistake("not seen", SOURCES, "  seen: 2026-11-22\n  note", "  note", "pk-test-fees.seen", "required"),
    Mistake(
        "unknown kind", SOURCES, "kind: law-text", "kind: rumour", "sa-test-law.kind", "should be 'official'"
    ),
    Mistake("no address", SOURCES, "https://example.org/fees", "example.org", "pk-test-fees.url", "pattern"),
    Mistake(
        "impossible month",
        SOURCES,
        "published: 2025-11\n",
        "published: 2025-13\n",
        "ae-test-law.published",
        "YYYY-MM",
    ),
    Mistake(
        "date in words",
        SOURCES,
        "seen: 2026-11-22\n  note",
        "seen: today\n  note",
        "pk-test-fees.seen",
        "valid date",
    ),
    Mistake(
        "key twice in a file",
        SOURCES,
        "sa-test-law:",
        "ae-test-law:",
        "line 18",
        "'ae-test-law' stands twice",
    ),
    Mistake(
        "field twice", SOURCES, "  note: Seen", "  kind: ngo\n  note: Seen", "line 16", "'kind' stands twice"
    ),
    Mistake("broken YAML", SOURCES, "title: Fees", "title: Fees: all", "line 10", "mapping values"),
    Mistake("key with capitals", SOURCES, "sa-test-law:", "SA-test-law:", "SA-test-law", "not a key"),
    Mistake(
        "page newer than our visit",
        SOURCES,
        "published: 2025-02-18",
        "published: 2027-01-01",
        "sa-test-law.published",
        "after we saw it",
    ),
    Mistake(
        "source nobody uses",
        AE,
        "ae-test-law",
        "sa-test-law",
        "",
        "1 sources that nothing uses: ae-test-law",
        Level.WARNING,
        reported_in=SOURCES,
    ),
]

FACT_CHECK_MISTAKES = [
    Mistake("no such article", FACT_CHECKS, "sa/passport:", "sa/pasport:", "sa/pasport", "unknown article"),
    Mistake("not an article", FACT_CHECKS, "sa/passport:", "Passport:", "Passport", "not a key"),
    Mistake("not dated", FACT_CHECKS, "  checked: 2026-11-22\n", "", "sa/passport.checked", "required"),
    Mistake(
        "unknown source",
        FACT_CHECKS,
        "source: sa-test-law",
        "source: sa-test-lex",
        "sa/passport.single_source[0].source",
        "unknown source 'sa-test-lex'",
    ),
]

CONTACT_MISTAKES = [
    Mistake(
        "unknown source",
        CONTACTS,
        "source: sa-test-law",
        "source: sa-test-lex",
        "sa-test-embassy.source",
        "unknown source 'sa-test-lex'",
    ),
    Mistake(
        "unknown country",
        CONTACTS,
        "country: sa",
        "country: ksa",
        "sa-test-embassy.country",
        "unknown country 'ksa'",
    ),
    Mistake(
        "unknown need",
        CONTACTS,
        "[detained, passport]",
        "[passports]",
        "sa-test-embassy.helps_with[0]",
        "should be",
    ),
    Mistake(
        "unknown emergency",
        CONTACTS,
        "urgent: {danger: 1}",
        "urgent: {fire: 1}",
        "sa-test-police.urgent.fire",
        "should be",
    ),
    Mistake(
        "phone not quoted",
        CONTACTS,
        "number: '999'",
        "number: 999",
        "sa-test-police.phones[0].number",
        "valid string",
    ),
    Mistake(
        "impossible phone",
        CONTACTS,
        "0114887272",
        "0114887",
        "sa-test-embassy.phones[0].number",
        "not a valid number in 'sa'",
    ),
    Mistake(
        "impossible international phone",
        CONTACTS,
        "+923001234567",
        "+92300",
        "pk-test-helpline.phones[1].number",
        "not a valid international",
    ),
    Mistake(
        "short code without a country",
        CONTACTS,
        "+41227179111",
        "1991",
        "un-test-line.phones[0].number",
        "has no country",
    ),
    Mistake(
        "doubtful and urgent",
        CONTACTS,
        "as_of: '2025'\n  confidence: high",
        "as_of: '2025'\n  confidence: doubtful",
        "pk-test-helpline.urgent",
        "doubtful confidence",
    ),
    Mistake(
        "urgent without phone",
        CONTACTS,
        "helps_with: [complaint]",
        "helps_with: [complaint]\n  urgent: {danger: 1}",
        "pk-test-office.urgent",
        "without a phone",
    ),
    Mistake(
        "no English name",
        CONTACTS,
        "    en: Test office",
        "    ur: دفتر",
        "pk-test-office.name",
        "no name in en",
    ),
    Mistake(
        "unknown language",
        CONTACTS,
        "    en: Test office",
        "    eng: Test office",
        "pk-test-office.name.eng",
        "unknown language 'eng'",
    ),
    Mistake(
        "keyboard of another language",
        CONTACTS,
        "آزمائشی پولیس",
        "آزمائشي پولیس",
        "sa-test-police.name.ur",
        "no letter of Urdu",
    ),
    warned(
        "digits of another keyboard",
        CONTACTS,
        "en: Sunday to Thursday",
        "en: from ۸",
        "sa-test-embassy.hours.en",
        "not Western",
    ),
]

ARTICLE_MISTAKES = [
    Mistake(
        "id of another folder", SA, "id: sa/passport", "id: sa/pasport", "id", "does not match the folder"
    ),
    Mistake("unknown stage", SA, "[abroad]", "[arriving]", "stages[0]", "should be"),
    Mistake("country not quoted and unknown", SA, "country: sa", "country: true", "country", "valid string"),
    Mistake("unknown role", SA, "rights-desk", "mr-somebody", "owner", "should be"),
    Mistake("no source", AE, "sources:\n  - ae-test-law\n", "sources: []\n", "sources", "no source"),
    Mistake("unknown source", AE, "ae-test-law", "ae-test-lex", "sources", "unknown source 'ae-test-lex'"),
    Mistake(
        "unknown contact",
        SA,
        "- sa-test-police",
        "- sa-test-cops",
        "contacts",
        "unknown contact 'sa-test-cops'",
    ),
    Mistake("review in the future", AE, "last: 2026-11-22", "last: 2027-11-22", "review.last", "future"),
    Mistake("related to itself", AE, "- sa/passport", "- ae/passport", "related", "itself"),
    warned("related to nothing", AE, "- sa/passport", "- sa/wages", "related", "unknown article 'sa/wages'"),
    Mistake(
        "unknown unit",
        SA,
        "value: 1000, unit: SAR",
        "value: 1000, unit: riyal",
        "facts.sa_passport_fine[1].unit",
        "unknown unit",
    ),
    Mistake(
        "text for a number",
        SA,
        "value: 1000, unit: SAR",
        "value: about 1000, unit: SAR",
        "facts.sa_passport_fine[1]",
        "needs a number",
    ),
    Mistake(
        "yes for a number",
        SA,
        "value: 1000, unit: SAR",
        "value: true, unit: SAR",
        "facts.sa_passport_fine[1]",
        "needs a number",
    ),
    Mistake(
        "number for a date",
        FEES,
        "value: 2026-07-01, unit: date",
        "value: 2026, unit: date",
        "facts.pk_test_from[0]",
        "needs a date",
    ),
    Mistake(
        "impossible time",
        FEES,
        "value: 27/2022, unit: text",
        "value: 25:00, unit: time",
        "facts.pk_test_law[0]",
        "needs a time",
    ),
    Mistake(
        "period ends before it begins",
        SA,
        "valid_until: 2023-12-31",
        "valid_until: 2016-12-31",
        "facts.sa_passport_fine[0]",
        "before valid_from",
    ),
    Mistake(
        "periods out of order",
        SA,
        "valid_from: 2024-01-01",
        "valid_from: 2015-01-01",
        "facts.sa_passport_fine",
        "not in order",
    ),
    Mistake(
        "fact from nowhere",
        SA,
        "SAR, source: sa-test-law, valid_from: 2024",
        "SAR, source: sa-lex, valid_from: 2024",
        "facts.sa_passport_fine[1].source",
        "unknown source",
    ),
    Mistake(
        "fact defined twice",
        FEES,
        "pk_test_share:",
        "sa_passport_fine:",
        "facts.sa_passport_fine",
        "also defined by",
        reported_in=SA,
    ),
    Mistake("fact key with capitals", FEES, "pk_test_share:", "PK_share:", "facts.PK_share", "pattern"),
    warned(
        "fact without a value today",
        SA,
        "valid_until: null",
        "valid_until: 2025-01-01",
        "facts.sa_passport_fine",
        "no period covers 2026-11-22",
    ),
    warned(
        "fact that no text shows",
        AE,
        "related:",
        "facts:\n  ae_x:\n    - {value: 1, unit: days, source: ae-test-law, valid_from: 2020-01-01, valid_until: null, confidence: high}\nrelated:",
        "facts.ae_x",
        "no text shows",
    ),
    warned("layout of its own", AE, "topics: [passport]", "topics:\n- passport", "", "canonical layout"),
]

TEXT_MISTAKES = [
    Mistake("no front matter", AE_EN, "---\ntitle", "title", "", "does not begin with front matter"),
    Mistake("no marker", AE_EN, "<!-- more -->", "", "", "exactly once"),
    Mistake("two markers", AE_EN, "<!-- more -->", "<!-- more -->\n<!-- more -->", "", "exactly once"),
    Mistake(
        "colon in a title", AE_EN, "title: Passport kept", "title: Passport: kept", "line 2", "mapping values"
    ),
    Mistake("long title", AE_EN, "Passport kept (Emirates)", "Passport kept " * 5, "title", "69 characters"),
    Mistake("few questions", AE_EN, "  - they locked up my passport\n", "", "questions", "7 questions"),
    Mistake(
        "question twice",
        AE_EN,
        "they locked up my passport",
        "Kafeel took MY passport?",
        "questions",
        "stands 2 times",
    ),
    Mistake(
        "question of another topic",
        FEES_EN,
        "receipt for the fee",
        "Kafeel took my passport!",
        "questions",
        "also belongs to",
    ),
    warned(
        "question in another script",
        AE_EN,
        "they locked up my passport",
        "پاسپورٹ ضبط کر لیا",
        "questions",
        "mostly not in Latn",
    ),
    Mistake(
        "figure in prose",
        AE_EN,
        "Ask in writing and keep",
        "Ask within 15 days and keep",
        "more",
        "figures in prose: 15",
    ),
    Mistake("Urdu figure in prose", SA_UR, "نقل رکھیں", "۱۵ نقل رکھیں", "more", "figures in prose: ۱۵"),
    Mistake(
        "figure in a title",
        AE_EN,
        "Passport kept (Emirates)",
        "Passport kept 2 years",
        "title",
        "figures in prose: 2",
    ),
    Mistake(
        "unknown fact",
        SA_EN,
        "{sa_passport_fine}",
        "{sa_pasport_fine}",
        "more",
        "unknown fact {sa_pasport_fine}",
    ),
    Mistake(
        "unknown contact",
        SA_EN,
        "{phone:sa-test-police}",
        "{phone:sa-test-cops}",
        "short",
        "unknown contact {phone:sa-test-cops}",
    ),
    Mistake(
        "no placeholder",
        SA_EN,
        "{phone:sa-test-police}",
        "{mail:sa-test-police}",
        "short",
        "{mail:sa-test-police} is no placeholder",
    ),
    Mistake(
        "phone of a contact without one",
        AE_EN,
        "{url:pk-test-office}",
        "{phone:pk-test-office}",
        "more",
        "has no phone",
    ),
    Mistake(
        "address of a contact without one",
        AE_EN,
        "{url:pk-test-office}",
        "{url:sa-test-police}",
        "more",
        "has no url",
    ),
    Mistake(
        "placeholder lost in translation",
        SA_UR,
        "{sa_passport_fine}",
        "بہت",
        "body",
        "missing: {sa_passport_fine}",
    ),
    Mistake(
        "placeholder added in translation",
        SA_UR,
        "نقل رکھیں",
        "{phone:pk-test-helpline}",
        "body",
        "not in the English master: {phone:pk-test-helpline}",
    ),
    Mistake(
        "long short answer",
        FEES_EN,
        "The fee is",
        "The fee is fixed. " * 18 + "It is",
        "short",
        "3 SMS parts (357 GSM-7 septets), at most 2",
    ),
    Mistake(
        "one curly quote",
        AE_EN,
        "Your employer may not keep your passport.",
        "Your employer’s wish " * 7,
        "short",
        "3 SMS parts (",
    ),
    warned("a dash that costs", AE_EN, "in writing.", "in writing – today.", "short", "67 letters"),
    Mistake(
        "high risk without helpline",
        SA_EN,
        "then call {phone:sa-test-embassy}. In danger call {phone:sa-test-police}.",
        "then wait.",
        "short",
        "no helpline",
    ),
    Mistake(
        "nothing above the marker",
        AE_EN,
        "Your employer may not keep your passport. Ask for it in writing.\n",
        "",
        "short",
        "no short answer",
    ),
    Mistake("heading", AE_EN, "1. Ask in", "# Steps\n1. Ask in", "more", "a heading"),
    Mistake("bold", AE_EN, "keep a copy", "**keep** a copy", "more", "bold"),
    Mistake("link", AE_EN, "keep a copy", "keep a [copy](x)", "more", "a link"),
    Mistake("address in prose", AE_EN, "keep a copy", "see https://example.org", "more", "an address"),
    Mistake(
        "Urdu in English letters",
        SA_UR,
        "لکھ کر مانگیں اور نقل رکھیں۔",
        "Likh kar maangein aur naqal rakhein",
        "more",
        "only",
    ),
    Mistake("a Latin word in Urdu", SA_UR, "نقل رکھیں", "copy رکھیں", "more", "Latin words: copy"),
    Mistake(
        "an Urdu word in Roman Urdu", SA_ROMAN, "aur copy", "اور copy", "more", "Arabic-script words: اور"
    ),
    Mistake("Arabic yeh in Urdu", SA_UR, "جرمانہ", "جرماني", "more", "ي (U+064A) is no letter of Urdu"),
    Mistake(
        "Urdu yeh barree in Pashto", FEES_PS, "برخه", "برخے", "more", "ے (U+06D2) is no letter of Pashto"
    ),
    Mistake("Farsi yeh in Sindhi", FEES_SD, "حصو", "حصی", "more", "ی (U+06CC) is no letter of Sindhi"),
    Mistake(
        "no method",
        SA_UR,
        "translation: {method: machine, of: 8310d13afa39}\n",
        "",
        "translation",
        "no translation method",
    ),
    Mistake(
        "master as translation",
        AE_EN,
        "---\nYour",
        "translation: {method: human}\n---\nYour",
        "translation",
        "is no translation",
    ),
    Mistake("unknown method", SA_UR, "method: machine", "method: guess", "translation.method", "should be"),
    warned("translation not stamped", SA_UR, ", of: 8310d13afa39", "", "translation", "not stamped"),
    warned("translation outdated", SA_UR, "8310d13afa39", "0123456789ab", "translation", "outdated"),
]

ALL = SOURCE_MISTAKES + FACT_CHECK_MISTAKES + CONTACT_MISTAKES + ARTICLE_MISTAKES + TEXT_MISTAKES


def problems_of(root: Path, today: date) -> Sequence[Problem]:
    return read_content(root, today).problems


@pytest.mark.parametrize("mistake", ALL, ids=lambda mistake: f"{mistake.path}: {mistake.situation}")
def test_a_mistake_is_reported_with_file_place_and_cause(
    mistake: Mistake, content_root: Path, today: date
) -> None:
    path = content_root / mistake.path
    content = path.read_text(encoding="utf-8")
    assert mistake.old in content
    path.write_text(content.replace(mistake.old, mistake.new, 1), encoding="utf-8")
    reported = [
        problem
        for problem in problems_of(content_root, today)
        if problem.level is mistake.level
        and mistake.message in problem.message
        and problem.place == mistake.place
    ]
    assert (mistake.reported_in or mistake.path) in [problem.path for problem in reported]
    assert all(problem.remedy for problem in reported)


def test_the_content_without_a_mistake_has_no_problem(content_root: Path, today: date) -> None:
    assert problems_of(content_root, today) == []


def test_all_errors_of_all_files_come_in_one_report(content_root: Path, today: date) -> None:
    for path, old, new in (
        (SOURCES, "kind: law-text", "kind: x"),
        (CONTACTS, "country: sa", "country: x"),
        (SA_EN, "title", "tilte"),
    ):
        file = content_root / path
        file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentErrors) as error:
        load_library(content_root, today)
    assert {problem.path for problem in error.value.problems} >= {SOURCES, CONTACTS, SA_EN}
    assert "sa-test-law.kind" in str(error.value)


def test_an_entry_that_cannot_be_read_is_not_also_called_unknown(content_root: Path, today: date) -> None:
    file = content_root / SOURCES
    file.write_text(file.read_text(encoding="utf-8").replace("kind: law-text", "kind: x"), encoding="utf-8")
    assert [problem.place for problem in errors(problems_of(content_root, today))] == ["sa-test-law.kind"]


def test_the_same_key_in_two_files_is_refused(content_root: Path, today: date) -> None:
    shutil.copy(content_root / SOURCES, content_root / "sources/zz.yml")
    found = errors(problems_of(content_root, today))
    assert {problem.place for problem in found} == {"ae-test-law", "pk-test-fees", "sa-test-law"}
    assert {problem.path for problem in found} == {"sources/zz.yml"}


def test_a_file_named_after_no_language_is_refused(content_root: Path, today: date) -> None:
    shutil.copy(content_root / SA_UR, content_root / "articles/sa/passport/urdu.md")
    (found,) = errors(problems_of(content_root, today))
    assert (found.path, found.message) == ("articles/sa/passport/urdu.md", "not a file of an article")


def test_a_missing_master_is_refused(content_root: Path, today: date) -> None:
    (content_root / AE_EN).unlink()
    (found,) = errors(problems_of(content_root, today))
    assert (found.path, found.place) == (AE, "en.md")


def test_texts_without_their_article_file_are_refused(content_root: Path, today: date) -> None:
    (content_root / AE).unlink()
    assert (AE, "the file is missing") in [
        (found.path, found.message) for found in problems_of(content_root, today)
    ]


@pytest.mark.parametrize(
    "content", ["", "null", "- a\n- b\n", "just words", "\x00", "a: !!python/name:os.system"]
)
def test_a_file_that_holds_something_else_is_refused_and_does_not_crash(
    content: str, content_root: Path, today: date
) -> None:
    for path in (SOURCES, SA, SA_UR):
        (content_root / path).write_text(content, encoding="utf-8")
    reported = {problem.path for problem in errors(problems_of(content_root, today))}
    assert {SA, SA_UR} <= reported


def test_bytes_that_are_no_text_are_refused_and_do_not_crash(content_root: Path, today: date) -> None:
    for path in (SOURCES, SA, SA_UR):
        (content_root / path).write_bytes(b"\xff\xfe\x00\x80")
    assert {SOURCES, SA, SA_UR} <= {problem.path for problem in errors(problems_of(content_root, today))}
