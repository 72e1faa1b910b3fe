from __future__ import annotations

import pytest

from bot.payloads import Tapped, parse_payload, payload


@pytest.mark.parametrize(
    ("text", "tapped"),
    [
        ("/more", Tapped("more")),
        (payload("more", article="sa/passport"), Tapped("more", {"article": "sa/passport"})),
        (payload("choose", article="sa/passport"), Tapped("choose", {"article": "sa/passport"})),
        (payload("inform_country", country="ae"), Tapped("inform_country", {"country": "ae"})),
        (
            payload("browse", group="abroad", country="sa"),
            Tapped("browse", {"group": "abroad", "country": "sa"}),
        ),
        (payload("browse", group="health", page="2"), Tapped("browse", {"group": "health", "page": "2"})),
        (
            payload("change_language", requested_language="ur-Latn"),
            Tapped("change_language", {"requested_language": "ur-Latn"}),
        ),
    ],
)
def test_what_our_buttons_send_is_understood(text: str, tapped: Tapped) -> None:
    assert parse_payload(text) == tapped


@pytest.mark.parametrize(
    "text",
    [
        "",
        "more",
        "/restart",
        "/session_start",
        "/urgent",
        "/more{broken}",
        '/more{"country":"sa"}',
        '/choose{"article":["sa/passport"]}',
        '/choose{"article":null}',
        '/choose{"article":"../../etc"}',
        '/inform_country{"country":"zz"}',
        '/change_language{"requested_language":"xx"}',
        "/choose[1]",
        '/browse{"group":"health","page":"0"}',
        '/browse{"group":"health","page":"10"}',
        '/choose{"article":"' + "a" * 300 + '/b"}',
    ],
)
def test_anything_else_is_no_payload(text: str) -> None:
    assert parse_payload(text) is None
