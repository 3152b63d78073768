"""The client of the demo: sends one request, and reads the answer as the standards write it."""

import urllib3

from gatepost.cli.demo_story import Step
from gatepost.cli.demo_table import Answer
from gatepost.jose import strict_json

_TIMEOUT = 10.0


def send(url: str, step: Step) -> Answer:
    """Send what `step` says to `url` and return what came back."""
    headers = {} if step.token is None else {"Authorization": f"Bearer {step.token}"}
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as pool:
        response = pool.request("GET", url, headers=headers)
    body = strict_json.load_object(response.data)
    reason = body.get("reason")
    sentence = body.get("detail") or body.get("message") or ""
    return Answer(response.status, reason, str(sentence), _fault(step, response))


def _fault(step: Step, response: urllib3.BaseHTTPResponse) -> str | None:
    """Return what the answer lacks, or `None`."""
    challenge = response.headers.get("WWW-Authenticate")
    if response.status == 200:
        return None
    if response.headers.get("Content-Type") != "application/problem+json":
        return "the body is no application/problem+json"
    if response.status == 401 and (challenge is None or not challenge.startswith("Bearer")):
        return "a 401 without a challenge (RFC 6750 §3)"
    if step.token is None and challenge is not None and "error=" in challenge:
        return "an error code though no token was sent (RFC 6750 §3.1)"
    if response.status == 401 and step.token is not None and 'error="invalid_token"' not in (challenge or ""):
        return "a challenge without its error code (RFC 6750 §3.1)"
    if response.status == 503 and "Retry-After" not in response.headers:
        return "a 503 without Retry-After"
    return None
