"""The tables of the reference say what the code says."""

import inspect
from collections.abc import Callable

import pytest

from gatepost import Issuer, Reason, Verifier
from gatepost.jose.algorithms import KEY_TYPES
from gatepost.testing import Fault
from gatepost.testing import shapes as local_issuers
from gatepost.trust import vendors
from gatepost.trust.failure_backoff import DELAYS
from gatepost.trust.remote import RemoteKeys
from gatepost.trust.vendors import vendor
from tests.docs.pages import ROOT, table

REFERENCE = ROOT / "docs/reference"


def defaults(function: Callable[..., object]) -> dict[str, str]:
    """Return the parameters of `function` with their defaults as the tables write them; nothing where there is none."""
    return {
        name: "" if parameter.default is parameter.empty else written(parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "self" and parameter.kind is not parameter.VAR_KEYWORD
    }


def written(default: object) -> str:
    return f"{default.__module__}.{default.__name__}" if inspect.isbuiltin(default) else repr(default)


def test_the_table_of_reasons_is_the_enum() -> None:
    rows = table(REFERENCE / "errors.md", "## Reasons")
    assert [(row["reason"], int(row["status"]), row["error"], row["sentence"]) for row in rows] == [
        (reason.value, reason.status, reason.error, reason.sentence) for reason in Reason
    ]


@pytest.mark.parametrize(
    ("page", "heading", "function"),
    [
        ("issuer-and-verifier.md", "## Issuer", Issuer.__init__),
        ("issuer-and-verifier.md", "## Verifier", Verifier.__init__),
        ("keys.md", "## Options of Discovery and JwksUrl", RemoteKeys.__init__),
    ],
    ids=["Issuer", "Verifier", "keys"],
)
def test_a_table_of_options_lists_them_all_with_their_defaults(
    page: str, heading: str, function: Callable[..., object]
) -> None:
    documented = {row["option"]: row["default"] for row in table(REFERENCE / page, heading)}
    assert documented == {name: default.replace("150_000", "150000") for name, default in defaults(function).items()}


def test_the_pauses_after_failures_are_those_that_are_kept() -> None:
    numbers = {row["what"]: row["value"] for row in table(REFERENCE / "keys.md", "## Fixed numbers")}
    *first, last = (f"{delay:g}" for delay in DELAYS)
    assert numbers["pause after failures in a row"] == f"{', '.join(first)}, then {last} seconds"


def test_the_table_of_vendors_names_them_all_with_their_own_parameters() -> None:
    documented = {
        row["vendor"]: {word.strip(" `") for word in row["parameters"].split(",")} - {""}
        for row in table(REFERENCE / "vendors.md", "## Functions")
    }
    assert documented == {name: defaults(vendor(name)).keys() - {"audience"} for name in vendors.NAMES}


def test_what_the_table_of_vendors_says_of_algorithms_holds() -> None:
    examples: dict[str, dict[str, str]] = {
        "auth0": {"domain": "example.eu.auth0.com"},
        "authgear": {"endpoint": "https://example.authgear.cloud"},
        "cognito": {"user_pool_id": "eu-west-1_AbCd12345"},
        "entra": {"tenant_id": "72f988bf-86f1-41af-91ab-2d7cd011db47"},
        "google": {},
        "okta": {"domain": "example.okta.com"},
        "pingone": {"environment_id": "2c1e3a54-8f0b-4f7d-9d5c-1a2b3c4d5e6f"},
        "wso2": {"base_url": "https://localhost:9443"},
    }
    for row in table(REFERENCE / "vendors.md", "## Functions"):
        named = {word.strip(" ;") for word in row["sets"].replace(",", " ").replace(";", " ").split()} & set(KEY_TYPES)
        if named:
            issuer = vendor(row["vendor"])(**examples[row["vendor"]], audience="api")
            assert issuer.algorithms == named, row["vendor"]


def test_the_table_of_imitated_vendors_names_them_all_with_their_kinds() -> None:
    documented = {
        row["vendor"]: tuple(kind.strip(" `") for kind in row["kinds of token that are JWTs"].split(","))
        for row in table(REFERENCE / "testing.md", "## Vendors")
    }
    assert documented == {name: local_issuers.shape_of(name).kinds for name in local_issuers.NAMES}


def test_the_table_of_faults_is_the_enum() -> None:
    assert [row["fault"] for row in table(REFERENCE / "testing.md", "## Faults")] == [fault.value for fault in Fault]


def test_the_table_of_algorithms_is_the_registry() -> None:
    documented = {
        name.strip().partition(";")[0]: row["key type"]
        for row in table(REFERENCE / "jose.md", "## Algorithms")
        for name in row["algorithms"].partition(";")[0].split(",")
    }
    assert documented == dict(KEY_TYPES)


def test_the_reasons_that_the_table_of_refusals_names_exist() -> None:
    page = REFERENCE / "what-is-refused.md"
    headings = ("Form", "Header", "Issuer, key and signature", "Claims", "What one request expects")
    named = {
        reason.strip(" `")
        for heading in headings
        for row in table(page, f"## {heading}")
        for reason in row["reason"].split(",")
    }
    not_raised_by_a_verifier = {"insufficient_scope", "wrong_binding", "replayed", "revoked", "inactive"}
    assert named == {reason.value for reason in Reason} - not_raised_by_a_verifier
