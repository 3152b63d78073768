"""A token that is bound to its sender is good only from its sender, in every mode of a route."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from gatepost.errors import KeysUnavailable, Reason, TokenRejected
from gatepost.jose.strict_json import JsonObject
from gatepost.verification.client_certificate import ClientCertificate
from gatepost.verification.dpop_challenge import ProofRejected
from gatepost.verification.dpop_nonce import DpopNonces
from gatepost.verification.dpop_proof import ProofRules
from gatepost.verification.replay import MemoryReplayStore
from gatepost.verification.sender_constraint import Mode, Scheme, SenderConstraint, is_anybodys
from gatepost.verification.verified_token import VerifiedToken
from tests.jose.keys_at_hand import signing_key
from tests.verification.minting import NOW
from tests.verification.proving import ACCESS_TOKEN, CLIENTS_KEY, METHOD, URL, bound_token, prove

JKT = CLIENTS_KEY.thumbprint()
CERTIFICATE = ClientCertificate.from_der(b"0\x00")
OTHER_CERTIFICATE = ClientCertificate.from_der(b"0\x01\x00")
X5T = CERTIFICATE.thumbprint()

DPOP = {"scheme": "dpop", "proofs": [prove()]}
MTLS = {"scheme": "bearer", "certificate": CERTIFICATE}
BEARER = {"scheme": "bearer"}

Check: TypeAlias = Callable[..., tuple[str, ...]]


@pytest.fixture(params=["sync", "async"])
def check(request: pytest.FixtureRequest) -> Check:
    """Checks the sender of a token with this `cnf`, in one of the two ways."""

    def in_this_way(
        cnf: dict[str, str], sent: dict[str, Any], sender: SenderConstraint | None = None, **modes: Any
    ) -> Any:
        sender = sender or SenderConstraint()
        asked = {"method": METHOD, "url": URL, "now": NOW, **sent, **modes}
        if request.param == "sync":
            return sender.check(bound_token(**cnf), ACCESS_TOKEN, **asked)
        return asyncio.run(sender.check_async(bound_token(**cnf), ACCESS_TOKEN, **asked))

    return in_this_way


def refusal(action: Callable[[], object]) -> tuple[Reason, str | None]:
    with pytest.raises(TokenRejected) as caught:
        action()
    return caught.value.reason, caught.value.claim


@pytest.mark.parametrize("dpop", ["off", "allowed", "required"])
@pytest.mark.parametrize(
    ("cnf", "sent", "passes"),
    [
        ({}, BEARER, {"off", "allowed"}),
        ({}, DPOP, set()),
        ({"jkt": JKT}, BEARER, set()),
        ({"jkt": JKT}, {**BEARER, "proofs": [prove()]}, set()),
        ({"jkt": JKT}, DPOP, {"allowed", "required"}),
    ],
    ids=["unbound", "unbound with proof", "stolen", "proof beside bearer", "bound"],
)
def test_dpop_in_each_mode(
    check: Check, dpop: str, cnf: dict[str, str], sent: dict[str, Any], passes: set[str]
) -> None:
    if dpop in passes:
        assert check(cnf, sent, dpop=dpop) == (("dpop",) if cnf else ())
    else:
        assert refusal(lambda: check(cnf, sent, dpop=dpop)) == (Reason.WRONG_BINDING, "cnf")


@pytest.mark.parametrize("mtls", ["off", "allowed", "required"])
@pytest.mark.parametrize(
    ("cnf", "certificate", "passes"),
    [
        ({}, None, {"off", "allowed"}),
        ({}, CERTIFICATE, {"off", "allowed"}),
        ({"x5t#S256": X5T}, None, set()),
        ({"x5t#S256": X5T}, OTHER_CERTIFICATE, set()),
        ({"x5t#S256": X5T}, ClientCertificate.from_escaped_pem("garbage"), set()),
        ({"x5t#S256": X5T}, CERTIFICATE, {"allowed", "required"}),
    ],
    ids=["unbound", "unbound with certificate", "without", "another", "broken", "bound"],
)
def test_mutual_tls_in_each_mode(
    check: Check, mtls: str, cnf: dict[str, str], certificate: ClientCertificate | None, passes: set[str]
) -> None:
    sent = {**BEARER, "certificate": certificate}
    if mtls in passes:
        assert check(cnf, sent, mtls=mtls) == (("mtls",) if cnf else ())
    else:
        assert refusal(lambda: check(cnf, sent, mtls=mtls)) == (Reason.WRONG_BINDING, "cnf")


def test_a_token_that_is_bound_in_both_ways_is_proven_in_both(check: Check) -> None:
    cnf = {"jkt": JKT, "x5t#S256": X5T}
    assert check(cnf, {**DPOP, "certificate": CERTIFICATE}, dpop="required", mtls="required") == ("dpop", "mtls")
    for sent in (MTLS, DPOP, {**DPOP, "certificate": OTHER_CERTIFICATE}):
        assert refusal(lambda sent=sent: check(cnf, sent)) == (Reason.WRONG_BINDING, "cnf")  # type: ignore[misc]


def test_a_certificate_that_cannot_be_read_is_no_matter_to_a_token_that_is_not_bound(check: Check) -> None:
    assert check({}, {**BEARER, "certificate": ClientCertificate.from_pem("")}) == ()


def test_a_binding_of_another_kind_is_refused(check: Check) -> None:
    assert refusal(lambda: check({"kid": "1"}, BEARER, dpop="off", mtls="off")) == (Reason.WRONG_BINDING, "cnf")
    assert refusal(lambda: check({"jkt": "short"}, BEARER)) == (Reason.BAD_CLAIM, "cnf")


@pytest.mark.parametrize("proofs", [[], [prove(), prove(jti="proof-2")], [prove(), prove()]], ids=len)
def test_a_request_has_exactly_one_proof(check: Check, proofs: list[str]) -> None:
    with pytest.raises(ProofRejected) as caught:
        check({"jkt": JKT}, {"scheme": "dpop", "proofs": proofs})
    assert (caught.value.reason, caught.value.claim) == (Reason.MALFORMED, "DPoP")


def test_the_proof_is_of_the_key_that_the_token_is_bound_to(check: Check) -> None:
    stranger = {"scheme": "dpop", "proofs": [prove(signing_key("Ed25519"))]}
    assert refusal(lambda: check({"jkt": JKT}, stranger)) == (Reason.WRONG_BINDING, "cnf")


def test_a_proof_of_another_request_is_refused(check: Check) -> None:
    for other in ({"method": "POST"}, {"url": URL + "2"}, {"now": NOW + 100}):
        with pytest.raises(ProofRejected):
            check({"jkt": JKT}, {**DPOP, **other})


def test_a_proof_is_used_once(check: Check) -> None:
    sender = SenderConstraint()
    assert check({"jkt": JKT}, DPOP, sender) == ("dpop",)
    with pytest.raises(ProofRejected) as caught:
        check({"jkt": JKT}, DPOP, sender)
    assert (caught.value.reason, caught.value.claim) == (Reason.REPLAYED, "jti")
    assert check({"jkt": JKT}, {**DPOP, "proofs": [prove(jti="proof-2")]}, sender) == ("dpop",)


def test_a_proof_cannot_be_used_again_by_a_server_whose_clock_is_behind(check: Check) -> None:
    sender = SenderConstraint()
    check({"jkt": JKT}, {**DPOP, "now": NOW - 5}, sender)
    for now in (NOW, NOW + 60):
        assert refusal(lambda now=now: check({"jkt": JKT}, {**DPOP, "now": now}, sender))[0] is Reason.REPLAYED  # type: ignore[misc]


def test_a_request_that_is_refused_for_something_else_leaves_its_proof_unused(check: Check) -> None:
    sender, cnf = SenderConstraint(), {"jkt": JKT, "x5t#S256": X5T}
    assert refusal(lambda: check(cnf, {**DPOP, "certificate": OTHER_CERTIFICATE}, sender))[0] is Reason.WRONG_BINDING
    assert check(cnf, {**DPOP, "certificate": CERTIFICATE}, sender) == ("dpop", "mtls")


def test_a_store_that_cannot_be_asked_lets_nobody_in(check: Check) -> None:
    sender = SenderConstraint(replays=MemoryReplayStore(1))
    check({"jkt": JKT}, DPOP, sender)
    with pytest.raises(KeysUnavailable):
        check({"jkt": JKT}, {**DPOP, "proofs": [prove(jti="proof-2")]}, sender)


def test_a_nonce_is_asked_for_and_handed_out(check: Check) -> None:
    nonces = DpopNonces(bytes(32))
    sender = SenderConstraint(nonces=nonces)
    assert sender.fresh_nonce(NOW) == nonces.current(NOW)
    with pytest.raises(ProofRejected) as caught:
        check({"jkt": JKT}, DPOP, sender)
    again = {**DPOP, "proofs": [prove(nonce=caught.value.dpop_nonce)]}
    assert check({"jkt": JKT}, again, sender) == ("dpop",)


def test_without_nonces_none_is_handed_out() -> None:
    assert SenderConstraint().fresh_nonce(NOW) is None


def test_the_algorithms_are_those_of_the_rules() -> None:
    assert SenderConstraint(rules=ProofRules(algorithms=["PS256", "ES256"])).algorithms == ("ES256", "PS256")
    assert "HS256" not in SenderConstraint().algorithms


def test_no_error_holds_the_token_or_the_proof(check: Check) -> None:
    with pytest.raises(ProofRejected) as caught:
        check({"jkt": JKT}, {**DPOP, "url": URL + "2"})
    said = f"{caught.value!r} {caught.value} {caught.value.challenge()}"
    for secret in (ACCESS_TOKEN, prove(), b64encode(prove().encode()).decode(), "proof-1", URL):
        assert secret not in said


@pytest.mark.parametrize("scheme", ["bearer", "dpop"])
@pytest.mark.parametrize("dpop", ["off", "allowed", "required"])
@pytest.mark.parametrize("mtls", ["off", "allowed", "required"])
@pytest.mark.parametrize("cnf", [{}, {"jkt": JKT}, {"x5t#S256": X5T}, {"unknown": "x"}], ids=repr)
def test_a_token_is_anybodys_only_where_the_check_of_its_sender_finds_no_fault(
    scheme: Scheme, dpop: Mode, mtls: Mode, cnf: dict[str, str]
) -> None:
    unbound = VerifiedToken("https://issuer.example", JsonObject(), {})
    for token in (bound_token(**cnf), unbound):
        if is_anybodys(token, scheme=scheme, dpop=dpop, mtls=mtls):
            asked: dict[str, Any] = {
                "scheme": scheme,
                "method": METHOD,
                "url": URL,
                "now": NOW,
                "dpop": dpop,
                "mtls": mtls,
            }
            assert SenderConstraint().check(token, ACCESS_TOKEN, **asked) == ()
    plain = scheme == "bearer" and "required" not in (dpop, mtls)
    assert is_anybodys(unbound, scheme=scheme, dpop=dpop, mtls=mtls) is plain
