"""The protected resource's metadata (RFC 9728)."""

import json

import pytest

from gatepost import ConfigurationError
from gatepost.gates.protected_resource import ProtectedResource


@pytest.mark.parametrize(
    ("resource", "url"),
    [
        ("https://api.example.com", "https://api.example.com/.well-known/oauth-protected-resource"),
        ("https://api.example.com/", "https://api.example.com/.well-known/oauth-protected-resource"),
        ("https://api.example.com/mcp", "https://api.example.com/.well-known/oauth-protected-resource/mcp"),
        ("http://127.0.0.1:8000/a/b", "http://127.0.0.1:8000/.well-known/oauth-protected-resource/a/b"),
    ],
)
def test_the_well_known_path_stands_before_that_of_the_resource(resource: str, url: str) -> None:
    assert ProtectedResource(resource).metadata_url == url


@pytest.mark.parametrize("resource", ["", "api.example.com", "https://", "https://a.example?x", 'https://a.example/"'])
def test_a_resource_is_a_url_without_query(resource: str) -> None:
    with pytest.raises(ConfigurationError, match="resource is a URL"):
        ProtectedResource(resource)


def test_the_document_has_what_the_policy_knows_unless_it_is_said() -> None:
    found = ProtectedResource("https://a.example").document(["https://issuer.example"], ["read"])
    assert found == {
        "resource": "https://a.example",
        "authorization_servers": ["https://issuer.example"],
        "scopes_supported": ["read"],
        "bearer_methods_supported": ["header"],
    }
    resource = ProtectedResource(
        "https://a.example", authorization_servers=["https://b.example"], scopes_supported=[], more={"x": 1}
    )
    said = resource.document(["https://issuer.example"], ["read"])
    assert (said["authorization_servers"], said["x"]) == (["https://b.example"], 1)
    assert "scopes_supported" not in said


def test_it_may_be_read_by_all_and_written_by_none() -> None:
    resource = ProtectedResource("https://a.example")
    assert json.loads(resource.answer("GET", {"resource": "x"}).body) == {"resource": "x"}
    assert resource.answer("DELETE", {}).status == 405
    assert resource.answer("OPTIONS", {}).status == 204
