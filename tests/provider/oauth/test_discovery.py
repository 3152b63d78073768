"""The discovery document and the keys."""

from gatepost.identity import signing_keys
from gatepost.jose import KeySet
from tests.provider.oauth.conftest import PUBLIC_URL, SEALING, Served, header, signing_key

_BY_NAME = {
    "authorization_endpoint": "authorize",
    "pushed_authorization_request_endpoint": "par",
    "token_endpoint": "token",
    "userinfo_endpoint": "userinfo",
    "jwks_uri": "jwks",
    "end_session_endpoint": "signoff",
    "introspection_endpoint": "introspect",
    "revocation_endpoint": "revoke",
    "device_authorization_endpoint": "device_authorization",
}


def test_the_document_names_every_endpoint_by_an_absolute_url(served: Served) -> None:
    document = served.ask("GET", ".well-known/openid-configuration").json
    assert document["issuer"] == f"{PUBLIC_URL}/{served.environment_id}/as"
    assert {name: document[name] for name in _BY_NAME} == {
        name: f"{served.issuer}/{path}" for name, path in _BY_NAME.items()
    }


def test_the_document_says_what_pingone_says(served: Served) -> None:
    document = served.ask("GET", ".well-known/openid-configuration").json
    expected = {
        "claims_parameter_supported": False,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
        "scopes_supported": ["openid", "profile", "email", "address", "phone", "offline_access"],
        "response_types_supported": [
            "code",
            "id_token",
            "token id_token",
            "code id_token",
            "code token",
            "code token id_token",
        ],
        "response_modes_supported": ["pi.flow", "query", "fragment", "form_post"],
        "grant_types_supported": [
            "authorization_code",
            "implicit",
            "client_credentials",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "authorization_response_iss_parameter_supported": True,
        "code_challenge_methods_supported": ["plain", "S256"],
    }
    assert {name: document[name] for name in expected} == expected
    assert "ES256" in document["dpop_signing_alg_values_supported"]
    assert "client_secret_jwt" in document["token_endpoint_auth_methods_supported"]


def test_the_document_lists_the_algorithms_of_the_keys_that_there_are(served: Served) -> None:
    new = signing_keys.generate("ES256", now=served.now)
    served.write(lambda c: signing_keys.keep(c, served.environment_id, new, served.now, SEALING))
    document = served.ask("GET", ".well-known/openid-configuration").json
    assert document["id_token_signing_alg_values_supported"] == ["RS256", "ES256"]


def test_the_published_key_verifies_tokens_and_has_its_certificate(served: Served) -> None:
    jwks = served.ask("GET", "jwks").json
    (key,) = jwks["keys"]
    assert key["kid"] == signing_key().id
    assert key["use"] == "sig"
    assert key["x5c"]
    assert key["x5t"]
    assert KeySet.from_jwks(jwks).find(key["kid"], "RS256") is not None


def test_an_application_chooses_the_algorithm_and_x5t_of_its_tokens(served: Served) -> None:
    new = signing_keys.generate("ES256", now=served.now)
    served.write(lambda c: signing_keys.keep(c, served.environment_id, new, served.now, SEALING))
    application = served.application(signing={"algorithm": "ES256"}, includeX5t=True)
    answer = served.redeem(application, served.code(application)).json
    x5t = {key["kid"]: key["x5t"] for key in served.ask("GET", "jwks").json["keys"]}[new.id]
    for name in ("access_token", "id_token"):
        assert header(answer[name]) == {"alg": "ES256", "kid": new.id, "x5t": x5t}
        served.verified(answer[name])


def test_documents_may_be_kept_for_a_while(served: Served) -> None:
    for path in (".well-known/openid-configuration", "jwks"):
        assert served.ask("GET", path).headers["cache-control"] == "max-age=300"
