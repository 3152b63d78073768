"""A refusal as an HTTP answer (RFC 9457, RFC 6750 §3, RFC 9728 §5.1)."""

import json

from gatepost.gates.refusal import naming, refusal
from gatepost.policy.decision import Deny

METADATA = "https://api.example.com/.well-known/oauth-protected-resource"


def test_the_body_is_a_problem_document() -> None:
    answer = refusal(Deny(401, "expired", "The token has expired.", challenges=('Bearer error="invalid_token"',)))
    assert answer.status_line == "401 Unauthorized"
    assert dict(answer.headers)["Content-Type"] == "application/problem+json"
    assert json.loads(answer.body) == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "The token has expired.",
        "reason": "expired",
    }


def test_unavailable_keys_say_when_to_try_again() -> None:
    answer = refusal(Deny(503, "keys_unavailable", "…", retry_after=12.4))
    assert (answer.status_line, dict(answer.headers)["Retry-After"]) == ("503 Service Unavailable", "12")


def test_each_challenge_is_a_header_of_its_own_and_names_the_metadata() -> None:
    answer = refusal(Deny(401, "missing_token", "…", challenges=("Bearer", 'DPoP algs="ES256"')), METADATA)
    assert [value for name, value in answer.headers if name == "WWW-Authenticate"] == [
        f'Bearer resource_metadata="{METADATA}"',
        f'DPoP algs="ES256", resource_metadata="{METADATA}"',
    ]


def test_a_challenge_that_names_it_already_stays_as_it_is() -> None:
    assert naming('Bearer resource_metadata="https://other.example"', METADATA).count("resource_metadata") == 1


def test_no_refusal_is_kept_by_a_cache_and_other_headers_stay() -> None:
    deny = Deny(401, "use_dpop_nonce", "…", headers={"DPoP-Nonce": "abc", "Cache-Control": "no-store"})
    names = [name for name, _ in refusal(deny).headers]
    assert names.count("Cache-Control") == 1
    assert "DPoP-Nonce" in names
