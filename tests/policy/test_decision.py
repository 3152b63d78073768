"""What a gate answers with."""

import pytest

from gatepost.policy.decision import Allow, Check, Deny


def test_a_refusal_has_all_its_headers() -> None:
    refusal = Deny(
        401, "expired", "It has.", challenges=("Bearer", "DPoP"), headers={"DPoP-Nonce": "n"}, retry_after=2.6
    )
    assert refusal.response_headers() == [
        ("WWW-Authenticate", "Bearer"),
        ("WWW-Authenticate", "DPoP"),
        ("Retry-After", "3"),
        ("DPoP-Nonce", "n"),
    ]
    assert not refusal.allowed
    assert Deny(503, "keys_unavailable", "…", retry_after=0.1).response_headers() == [("Retry-After", "1")]
    assert Deny(403, "no_route", "…").response_headers() == []


@pytest.mark.parametrize("status", [400, 401, 403, 503])
def test_a_problem_document_says_what_happened(status: int) -> None:
    problem = Deny(status, "reason", "A sentence.").problem()
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert (problem["detail"], problem["reason"]) == ("A sentence.", "reason")
    assert problem["title"]


def test_a_decision_cannot_be_changed() -> None:
    allow = Allow(None, {"X-User": ""}, "GET /", (Check("route", True),))
    assert allow.allowed
    for decision in (allow, Deny(403, "no_route", "…")):
        with pytest.raises(AttributeError):
            decision.route = "another"  # type: ignore[misc]
