"""Access to a deployed stage for deployed.py: its API, functions, queues and payment provider, and `evens`.

It reads their addresses from the same arguments and from AWS_ENDPOINT_URL.
"""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

ENDPOINT, STAGE = os.environ["AWS_ENDPOINT_URL"], "local"
TEMPLATES, EVENS = Path(sys.argv[1]), sys.argv[2]
PROVIDER = json.loads(Path(sys.argv[3]).read_text()) if len(sys.argv) > 3 else None
# Long enough for a debug build that starts on a busy machine, and for a job that waits for its turn.
DEADLINE_SECONDS = 90


class Player:
    """A player with login data, and a token after login."""

    def __init__(self, phone: str) -> None:
        self.login = {"phoneNo": phone, "password": f"a secret of {phone}"}
        self.token, self.user = "", 0


class Api:
    """The deployed API, over HTTP."""

    def __init__(self, url: str) -> None:
        # Some resolvers do not resolve names below localhost, so the API is addressed by path.
        self.url = f"{ENDPOINT}/_aws/execute-api/{url.split('//')[1].split('.')[0]}"

    def answers(self, status: int | tuple, method: str, path: str, body=None, by: Player | None = None, headers=None) -> dict:
        """Returns the data of the answer. Fails unless it has the status, or one of the statuses."""
        statuses = status if isinstance(status, tuple) else (status,)
        headers = {"Content-Type": "application/json", **(headers or {})}
        if by:
            headers["Authorization"] = f"Bearer {by.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as answer:
                found, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            found, text = error.code, error.read()
        expect(found in statuses, f"{method} {path} answers {found} instead of {status}: {text.decode()[:500]}")
        body = json.loads(text)
        return body.get("data", body)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_) -> None:
        return None


def pay(url: str) -> None:
    """Pays on the provider's page, as a payer does. The page then redirects."""
    try:
        urllib.request.build_opener(NoRedirect).open(urllib.request.Request(f"{url}/pay", b"", method="POST"))
        expect(False, "the provider's page does not redirect")
    except urllib.error.HTTPError as answer:
        expect(answer.code == 303, f"the provider's page answers {answer.code}")


def provider(method: str, path: str) -> dict:
    headers = {"Authorization": f"Bearer {PROVIDER['key']}"}
    request = urllib.request.Request(PROVIDER["url"] + path, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as answer:
        return json.loads(answer.read())


def recorded(kind: str, order: str, status: str) -> dict:
    """Waits for the provider's only record of an order to have that status."""
    found = {}

    def is_there() -> bool:
        records = provider("GET", f"/v1/{kind}?reference={order}")[kind]
        found.update(records[0] if len(records) == 1 else {})
        return found.get("status") == status

    until(f"the provider's {kind} have one that is {status}", is_there)
    return found


def call_back(expected: int, api: "Api", kind: str, record: dict, secret: str | None = None) -> dict:
    """Sends a callback signed as by the provider (Standard Webhooks), beside the provider's own callbacks."""
    data = {name: record[name] for name in ("id", "reference", "amount", "currency", "status")}
    body = {"type": kind, "data": data | {"at": record["changedAt"]}}
    call, now = f"evt_{record['id']}", str(int(time.time()))
    key = base64.b64decode(secret or PROVIDER["secret"].removeprefix("whsec_"))
    signed = hmac.new(key, f"{call}.{now}.{json.dumps(body)}".encode(), hashlib.sha256).digest()
    headers = {"webhook-id": call, "webhook-timestamp": now,
               "webhook-signature": f"v1,{base64.b64encode(signed).decode()}"}
    return api.answers(expected, "POST", "/api/payments/callback/sandbox", body, headers=headers)


def client(service: str):
    # A run of game-clock takes more than a minute.
    return boto3.client(service, config=Config(read_timeout=2 * DEADLINE_SECONDS, retries={"total_max_attempts": 1}))


def evens(*arguments: str) -> str:
    ended = subprocess.run([EVENS, *arguments], capture_output=True, text=True)
    expect(ended.returncode == 0, f"evens {' '.join(arguments)}: {ended.stdout}{ended.stderr}")
    return ended.stdout.strip()


def until(what: str, holds, within: int = DEADLINE_SECONDS) -> None:
    deadline = time.monotonic() + within
    while not holds():
        expect(time.monotonic() < deadline, f"not within {within} s: {what}")
        time.sleep(0.2)


def expect(holds, otherwise: str) -> None:
    if not holds:
        sys.exit(f"deployed: FAILED: {otherwise}")


def step(text: str) -> None:
    print(f"deployed: {text}", flush=True)

