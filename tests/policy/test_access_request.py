"""Credentials are read in one way, or the request is refused (RFC 6750 §2.1, RFC 9449 §7.1)."""

import pytest

from gatepost.policy.access_request import AccessRequest, BadCredentials, credentials


@pytest.mark.parametrize(
    ("value", "scheme", "token"),
    [
        ("Bearer abc", "bearer", "abc"),
        ("bearer abc", "bearer", "abc"),
        ("BEARER   abc", "bearer", "abc"),
        ("DPoP abc", "dpop", "abc"),
        (" Bearer a.b-c_d~e+f/g== \t", "bearer", "a.b-c_d~e+f/g=="),
    ],
)
def test_a_token_comes_with_its_scheme(value: str, scheme: str, token: str) -> None:
    found = credentials((value,))
    assert found is not None
    assert (found.scheme, found.token) == (scheme, token)


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("",),
        ("Bearer",),
        ("Bearer ",),
        ("Basic dXNlcg==",),
        ("Basic a b",),
        ("Digest a=1, b=2",),
        ("abc",),
        ("Bearerabc",),
    ],
    ids=repr,
)
def test_no_token_is_no_error(values: tuple[str, ...]) -> None:
    assert credentials(values) is None


@pytest.mark.parametrize(
    "values",
    [
        ("Bearer a", "Bearer a"),
        ("Bearer a", "Basic b"),
        ("", ""),
        ("Bearer a, Bearer b",),
        ("Basic x,bearer b",),
        ("Digest a=1, DPoP b",),
        ("Basic x , Bearer",),
        ("Bearer a b",),
        ("DPoP a,b",),
    ],
    ids=repr,
)
def test_what_could_be_two_credentials_is_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(BadCredentials):
        credentials(values)


def test_a_request_is_made_of_what_a_gate_sees() -> None:
    headers = [("AUTHORIZATION", "Bearer a"), ("dpop", "p1"), ("DPoP", "p2"), ("X-User", "root")]
    request = AccessRequest.of("GET", "/user?x=1", headers)
    assert (request.method, request.path) == ("GET", "/user")
    assert request.authorization == ("Bearer a",)
    assert request.dpop == ("p1", "p2")
    assert (request.url, request.certificate) == ("", None)
    assert AccessRequest.of("GET", "/user?x=1", {"Authorization": "Bearer a"}).authorization == ("Bearer a",)
