"""Valid values for schemathesis of request fields whose format JSON Schema cannot express.

The formats are defined in shared/players and in shared/contracts/src/http/cursor.rs, their names in the files
request.rs of shared/contracts. Run it by hand against a running `evens` with large EVENS_RATE_LIMITS, without a token and then with the token of an
operator who has money:

    pip install schemathesis==4.32.5
    export SCHEMATHESIS_HOOKS=infra/checks/request_formats.py
    schemathesis run http://127.0.0.1:8080/openapi.json --phases examples,coverage,fuzzing [-H "Authorization: Bearer $O"]
"""

import base64
from datetime import datetime, timedelta, timezone

import schemathesis
from hypothesis import strategies as st


def cursor(number: int) -> str:
    return base64.urlsafe_b64encode(f"before:{number}".encode()).decode().rstrip("=")


def match_cursor(match: object) -> str:
    return base64.urlsafe_b64encode(f"after:{match}".encode()).decode().rstrip("=")


def moments_ahead(first_hour: int, last_hour: int) -> st.SearchStrategy[str]:
    hours = st.integers(first_hour, last_hour).map(lambda hours: datetime.now(timezone.utc) + timedelta(hours=hours))
    return hours.map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


# By default a round closes a day after its opening.
schemathesis.openapi.format("closing-moment", moments_ahead(1, 23))
schemathesis.openapi.format("result-moment", moments_ahead(25, 8_000))
schemathesis.openapi.format("phone-number", st.from_regex(r"\A\+9198765[0-9]{5}\Z"))
schemathesis.openapi.format("new-password", st.from_regex(r"\Aa secret of [0-9a-z]{8,100}\Z"))
schemathesis.openapi.format("reason", st.from_regex(r"\A[A-Za-z][A-Za-z ]{0,198}[a-z]\Z"))
schemathesis.openapi.format("user-name", st.from_regex(r"\A[A-Za-zÀ-Öक-ह][A-Za-zÀ-Öक-ह ]{0,62}[0-9]\Z"))
schemathesis.openapi.format("cursor", st.integers(0, 2**64 - 1).map(cursor))
schemathesis.openapi.format("match-cursor", st.uuids().map(match_cursor))
schemathesis.openapi.format("rooms", st.sets(st.sampled_from(["rounds", "games", "jackpots"])).map(",".join))
schemathesis.openapi.format("known-revisions", st.just('{"bets":{}}'))
