"""Who is trusted, for what, and by which rules."""

from typing import Any, get_args

import pytest

from gatepost import Discovery, Issuer, JwksFile, JwksUrl, KeySet
from gatepost.errors import ConfigurationError
from gatepost.jose import SigningKey
from gatepost.jose.algorithms import ASYMMETRIC, SYMMETRIC
from gatepost.trust.issuer import IssuerOptions, TokenType
from tests.trust.flights import keys

URL = "https://issuer.example"
SECRET = KeySet.from_secret(b"x" * 64)
NAN, INFINITY = float("nan"), float("inf")


def issuer(identifier: Any = URL, **options: Any) -> Issuer:
    return Issuer(identifier, **{"audience": "api", **options})


def why_not(identifier: Any = URL, **options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        issuer(identifier, **options)
    return str(caught.value)


def test_what_is_not_said_is_the_safe_thing() -> None:
    plain = Issuer(URL, audience="api")
    assert (plain.identifier, plain.audience, plain.keys) == (URL, ("api",), Discovery())
    assert plain.algorithms == ASYMMETRIC
    assert not plain.algorithms & SYMMETRIC
    assert (plain.token_type, plain.leeway, plain.required_claims) == ("access", 0, ())
    assert (plain.max_token_age, plain.aliases) == (None, ())
    assert (plain.client_id_as_audience, plain.require_at_jwt) == (False, False)


def test_the_audience_is_never_optional_by_accident() -> None:
    with pytest.raises(TypeError, match="audience"):
        Issuer(URL)  # type: ignore[call-arg]
    assert Issuer(URL, audience=None).audience is None


@pytest.mark.parametrize(
    ("audience", "values"),
    [("api", ("api",)), (["a", "b"], ("a", "b")), (("a",), ("a",)), ((name for name in "ab"), ("a", "b"))],
    ids=["one", "list", "tuple", "generator"],
)
def test_the_audience_is_one_value_or_several(audience: Any, values: tuple[str, ...]) -> None:
    assert issuer(audience=audience).audience == values


@pytest.mark.parametrize("audience", [[], (), "", [""], ["a", None], [5], ["a", ["b"]]], ids=repr)
def test_an_audience_that_is_empty_or_no_text_is_a_configuration_error(audience: Any) -> None:
    assert why_not(audience=audience).startswith("audience is ")


@pytest.mark.parametrize("identifier", ["", None, 5, b"https://issuer.example", ["https://issuer.example"]], ids=repr)
def test_an_identifier_is_text(identifier: Any) -> None:
    assert why_not(identifier, keys=keys("a")).startswith("identifier is a string that is not empty, not ")


def test_with_keys_at_hand_any_name_will_do() -> None:
    assert issuer("our own issuer", keys=keys("a")).identifier == "our own issuer"


@pytest.mark.parametrize(
    "identifier", ["our own issuer", "http://issuer.example", "ftp://issuer.example", URL + "?a=1"]
)
def test_an_identifier_that_may_not_be_fetched_is_refused_when_the_issuer_is_built(identifier: str) -> None:
    why_not(identifier)
    why_not(identifier, keys=Discovery())


def test_plain_http_on_this_machine_or_where_it_is_asked_for_will_do() -> None:
    assert issuer("http://127.0.0.1:9000").keys == Discovery()
    assert (
        issuer("http://idp.internal", keys=Discovery(http_hosts=("idp.internal",))).identifier == "http://idp.internal"
    )


# --- Algorithms and keys ---


def test_algorithms_are_the_named_ones() -> None:
    assert issuer(algorithms=("RS256", "ES256")).algorithms == {"RS256", "ES256"}
    assert issuer(algorithms=["RS256"]).algorithms == {"RS256"}


@pytest.mark.parametrize("algorithms", [("none",), ("RS256", "none"), ("RS128",), ("rs256",), (5,), (None,)], ids=repr)
def test_algorithms_that_do_not_exist_are_a_configuration_error(algorithms: Any) -> None:
    why_not(algorithms=algorithms)


@pytest.mark.parametrize("algorithm", sorted(SYMMETRIC))
def test_hmac_works_only_with_a_key_set_made_from_a_secret(algorithm: str) -> None:
    assert issuer(algorithms=(algorithm,), keys=SECRET).algorithms == {algorithm}
    for elsewhere in (None, Discovery(), JwksUrl(URL), keys("a")):
        assert f"{algorithm} works only with a key set made from a shared secret" in why_not(
            algorithms=(algorithm,), keys=elsewhere
        )


def test_hmac_and_public_keys_are_never_accepted_together() -> None:
    assert "cannot be accepted together" in why_not(algorithms=("HS256", "RS256"), keys=SECRET)


def test_a_secret_needs_its_algorithm_named() -> None:
    assert "HS256" in why_not(keys=SECRET)


def test_keys_that_fit_no_accepted_algorithm_are_a_configuration_error() -> None:
    assert "they are for Ed25519" in why_not(algorithms=("RS256",), keys=keys("a"))
    assert "the set is empty" in why_not(keys=KeySet([]))
    rsa = SigningKey.generate("RS256").key_set()
    assert issuer(algorithms=("RS256", "ES256"), keys=rsa).keys is rsa


@pytest.mark.parametrize("source", [5, "https://issuer.example/jwks", b"secret-canary", {"keys": []}, []], ids=repr)
def test_keys_that_are_no_source_of_keys_are_a_configuration_error(source: Any) -> None:
    message = why_not(keys=source)
    assert message.startswith("keys is a KeySet, Discovery(), JwksUrl(url), JwksFile(path)")
    assert "canary" not in message


def test_a_source_of_keys_is_asked_whether_it_suits_the_issuer(tmp_path: Any) -> None:
    assert "cannot be read" in why_not(keys=JwksFile(tmp_path / "none.json"))

    class Unsuited:
        def check(self, identifier: str) -> None:
            raise ConfigurationError(f"not for {identifier}")

        def open(self, identifier: str, now: float) -> None:
            raise NotImplementedError

    assert why_not(keys=Unsuited()) == f"not for {URL}"


# --- The other settings ---


@pytest.mark.parametrize("token_type", get_args(TokenType))
def test_tokens_are_access_tokens_id_tokens_or_any(token_type: str) -> None:
    assert issuer(token_type=token_type).token_type == token_type


@pytest.mark.parametrize("token_type", ["", "Access", "at+jwt", "refresh", None, 5, True], ids=repr)
def test_another_kind_of_token_is_a_configuration_error(token_type: Any) -> None:
    assert why_not(token_type=token_type) == f"token_type is one of access, id, any, not {token_type!r}"


@pytest.mark.parametrize("name", ["leeway", "max_token_age"])
@pytest.mark.parametrize("value", [-1, -0.1, NAN, INFINITY, True, "5", [5]], ids=repr)
def test_seconds_that_make_no_sense_are_a_configuration_error_that_names_them(name: str, value: object) -> None:
    assert why_not(**{name: value}) == f"{name} is a number of seconds, 0 or more, not {value!r}"


def test_seconds_may_be_whole_or_not_and_zero() -> None:
    assert issuer(leeway=0.5, max_token_age=0).max_token_age == 0
    assert issuer(leeway=0.5).leeway == 0.5
    assert why_not(leeway=None).startswith("leeway is a number of seconds")


@pytest.mark.parametrize("name", ["required_claims", "aliases"])
def test_names_are_one_or_several_and_never_empty(name: str) -> None:
    assert getattr(issuer(**{name: "one"}), name) == ("one",)
    assert getattr(issuer(**{name: ["one", "two"]}), name) == ("one", "two")
    assert getattr(issuer(**{name: []}), name) == ()
    for value in ("", [""], [5], ["one", None]):
        assert why_not(**{name: value}).startswith(f"{name} is a string that is not empty, not ")


def test_the_options_that_vendors_hand_through_are_those_of_the_issuer() -> None:
    assert set(IssuerOptions.__annotations__) | {"identifier", "audience"} == set(Issuer.__slots__)


# --- A value ---


def test_an_issuer_cannot_change() -> None:
    plain = issuer()
    for name in Issuer.__slots__:
        with pytest.raises(AttributeError, match="is frozen"):
            setattr(plain, name, getattr(plain, name))
        with pytest.raises(AttributeError, match="is frozen"):
            delattr(plain, name)


def test_two_issuers_of_the_same_content_are_equal() -> None:
    assert issuer(audience=["a"]) == issuer(audience="a")
    assert hash(issuer(keys=keys("a"))) == hash(issuer(keys=keys("a")))
    assert issuer() != issuer(leeway=1)
    assert issuer() != issuer(URL + "/")


def test_what_is_shown_of_an_issuer_holds_no_secret() -> None:
    shown = repr(issuer(algorithms=("HS256",), keys=KeySet.from_secret(b"canary" * 8)))
    assert URL in shown
    assert "canary" not in shown
