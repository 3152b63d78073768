"""An environment with its OAuth endpoints, asked without a network."""

import asyncio
import json
import os
import shutil
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlencode

import pytest
from sqlalchemy import Connection

from gatepost.identity import (
    applications,
    attributes,
    environments,
    grants,
    groups,
    memberships,
    organizations,
    resources,
    scopes,
    sessions,
    signing_keys,
    users,
)
from gatepost.identity.applications import Application
from gatepost.identity.configuration import Configuration
from gatepost.identity.configurations import Configurations
from gatepost.identity.ids import new_id, new_token
from gatepost.identity.resources import Resource
from gatepost.identity.signing_keys import NewKey
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store, Work
from gatepost.jose import SigningKey, base64url, sign_compact, verify_compact
from gatepost.provider.oauth import requests, responses
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.pkce import transformed
from gatepost.provider.oauth.requests import AuthorizationRequest
from gatepost.provider.oauth.routes import routes
from gatepost.provider.oauth.sign_on import SignOn
from gatepost.provider.services import Services, Settings
from gatepost.provider.web.application import Application as Web
from gatepost.provider.web.request import Request
from gatepost.provider.web.response import Response
from gatepost.provider.web.router import Router
from gatepost.verification.dpop_proof import hash_of

T = TypeVar("T")
SEALING = SealingKey([os.urandom(32)])
PUBLIC_URL = "https://id.example.com"
BEGINNING = 1_800_000_000.0
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CALLBACK = "https://app.example.com/callback"
VERIFIER = "a" * 43


@cache
def signing_key() -> NewKey:
    return signing_keys.generate("RS256", now=int(BEGINNING * 1000))


class Answer:
    """What an endpoint answered."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = dict(response.headers)
        self.body = response.body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        return f"{self.status} {self.json['error']}"

    @property
    def claims(self) -> dict[str, Any]:
        return said(self.json["access_token"])

    @property
    def id_claims(self) -> dict[str, Any]:
        return said(self.json["id_token"])


def said(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    found: dict[str, Any] = json.loads(base64url.decode(token.split(".")[1].encode()))
    return found


def header(token: str) -> dict[str, Any]:
    """The header of a token."""
    found: dict[str, Any] = json.loads(base64url.decode(token.partition(".")[0].encode()))
    return found


class Served:
    """An environment in a store, with its endpoints and a clock to turn."""

    def __init__(self, store: Store, environment_id: str | None = None) -> None:
        self.store = store
        self.time = BEGINNING
        self.configurations = Configurations(store, SEALING)
        self.services = Services(
            Settings(PUBLIC_URL, development=False), store, SEALING, self.configurations, clock=lambda: self.time
        )
        router = Router()
        for method, pattern, handler in routes(self.services):
            router.add(method, pattern, handler)
        self.web = Web(
            router,
            failing=lambda _, status, text: Response(status, (), json.dumps({"error": text}).encode()),
            finishing=lambda _, response: response,
        )
        self.environment_id = environment_id or self.write(self._environment)
        self.path = f"/{self.environment_id}/as"
        self.issuer = PUBLIC_URL + self.path

    @property
    def now(self) -> int:
        return int(self.time * 1000)

    def write(self, work: Work[T]) -> T:
        return self.store.write(work)

    def _environment(self, connection: Connection) -> str:
        organization = organizations.create(connection, {"name": "Example"}, self.now)
        keys = [signing_key()]
        return environments.create(
            connection, organization.id, {"name": f"Shop {new_id()}"}, self.now, SEALING, keys=keys
        ).id

    # ── What is configured ──

    @property
    def configuration(self) -> Configuration:
        found = self.configurations.get(self.environment_id)
        assert found is not None
        return found

    def application(self, **members: Any) -> Application:
        """A web application; more members change it."""
        sent = {
            "name": f"Application {new_id()}",
            "enabled": True,
            "type": "WEB_APP",
            "protocol": "OPENID_CONNECT",
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
            "redirectUris": [CALLBACK],
            **members,
        }
        return self.write(lambda c: applications.create(c, self.environment_id, sent, self.now, SEALING))

    def changed(self, application: Application, **members: Any) -> Application:
        return self.write(lambda c: applications.patch(c, self.environment_id, application.id, members, self.now))

    def worker(self, **members: Any) -> Application:
        """A worker without a role."""
        return self.application(type="WORKER", grantTypes=["CLIENT_CREDENTIALS"], redirectUris=[], **members)

    def resource(self, *names: str, **members: Any) -> Resource:
        """A resource with scopes of these names."""
        sent = {"name": f"Resource {new_id()}", "audience": f"https://{new_id()}.example.com", **members}

        def work(connection: Connection) -> Resource:
            made = resources.create(connection, self.environment_id, sent, self.now, SEALING)
            for name in names:
                scopes.create(connection, self.environment_id, made.id, {"name": name}, self.now)
            return made

        return self.write(work)

    def grant(self, application: Application, resource: Resource, *names: str) -> None:
        """Grant scopes of a resource to an application: all that it has, unless some are named."""
        found = self.configuration.scopes_of(resource.id)
        ids = [{"id": scope.id} for name, scope in found.items() if not names or name in names]
        sent = {"resource": {"id": resource.id}, "scopes": ids}
        self.write(lambda c: grants.create(c, self.environment_id, application.id, sent, self.now))

    def attribute(self, owner_id: str, **members: Any) -> None:
        self.write(lambda c: attributes.create(c, self.environment_id, owner_id, members, self.now))

    def mapped(self, owner_id: str, name: str, value: str) -> None:
        """Change what an attribute that is there is made of."""
        (found,) = (each for each in self.configuration.attributes_of(owner_id) if each.name == name)
        sent = {"value": value}
        self.write(lambda c: attributes.patch(c, self.environment_id, owner_id, found.id, sent, self.now))

    def member(self, user_id: str, name: str) -> None:
        """Make a user a member of a new group."""
        group = self.write(lambda c: groups.create(c, self.environment_id, {"name": name}, self.now))
        sent = {"id": group.id}
        self.write(lambda c: memberships.add(c, self.environment_id, user_id, sent, self.now))

    def user(self, **members: Any) -> str:
        """The identifier of a new user."""
        sent = {"username": f"user-{new_id()}", "email": "ann@example.com", **members}
        return self.write(lambda c: users.create(c, self.environment_id, sent, self.now)).id

    def secret(self, owner_id: str) -> str:
        found = self.configuration.secret_of(owner_id)
        assert found is not None
        return found.value

    # ── What is asked ──

    def ask(
        self,
        method: str,
        endpoint: str,
        *,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        query: str = "",
        path: str | None = None,
    ) -> Answer:
        body = b""
        sent = dict(headers or {})
        if form is not None:
            body = urlencode({name: value for name, value in form.items() if value is not None}).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        request = Request(
            method,
            path or f"{self.path}/{endpoint}",
            query_string=query,
            headers=sent,
            body=body,
            correlation_id="cor-1",
        )
        return Answer(asyncio.run(self.web.answer(request)))

    def post(self, endpoint: str, headers: Mapping[str, str] | None = None, /, **form: Any) -> Answer:
        return self.ask("POST", endpoint, form=form, headers=headers)

    def token(self, application: Application, headers: Mapping[str, str] | None = None, /, **form: Any) -> Answer:
        """Ask for a token as an application, which authenticates in the way that is configured for it."""
        return self.as_client(application, "token", headers, **form)

    def as_client(
        self, application: Application, endpoint: str, headers: Mapping[str, str] | None = None, /, **form: Any
    ) -> Answer:
        match application.token_endpoint_auth_method:
            case "CLIENT_SECRET_BASIC":
                headers = {**self.basic(application.id), **(headers or {})}
            case "CLIENT_SECRET_POST":
                form = {"client_id": application.id, "client_secret": self.secret(application.id), **form}
            case "NONE":
                form = {"client_id": application.id, **form}
            case _:
                assertion = self.assertion(application)
                form = {"client_assertion_type": JWT_BEARER, "client_assertion": assertion, **form}
        return self.post(endpoint, headers, **form)

    def basic(self, owner_id: str, secret: str | None = None) -> dict[str, str]:
        value = self.secret(owner_id) if secret is None else secret
        pair = f"{quote_plus(owner_id)}:{quote_plus(value)}"
        return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def assertion(
        self,
        application: Application,
        *,
        key: SigningKey | None = None,
        header: Mapping[str, Any] | None = None,
        algorithm: str = "HS256",
        **claims: Any,
    ) -> str:
        """An assertion of an application; a claim that is `None` is left out."""
        key = key or SigningKey.from_secret(self.secret(application.id).encode(), algorithm)
        whole = {
            "iss": application.id,
            "sub": application.id,
            "aud": f"{self.issuer}/token",
            "exp": int(self.time) + 300,
            **claims,
        }
        return sign_compact({name: value for name, value in whole.items() if value is not None}, key, header=header)

    # ── What a user allowed ──

    def call(self) -> Call:
        return Call(self.services, self.configuration, Request("GET", ""), self.environment_id, self.issuer, self.now)

    def request(self, application: Application, **parameters: Any) -> AuthorizationRequest:
        """A request for authorization that was found good."""
        whole = {
            "client_id": application.id,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "code_challenge": transformed(VERIFIER, "S256"),
            "code_challenge_method": "S256",
            **parameters,
        }
        sent = {name: value for name, value in whole.items() if value is not None}
        return asyncio.run(requests.read(self.call(), sent))

    def allow(self, request: AuthorizationRequest, user_id: str, **how: Any) -> dict[str, str]:
        """The answer to a request that a user allows."""
        session_id = how.pop("session_id", None) or self.session(user_id)
        sign_on = SignOn(user_id, session_id, int(self.time) - 10, "Single_Factor", ("pwd",))._replace(**how)
        authorized = self.write(lambda c: responses.authorize(c, self.configuration, request, sign_on, self.now))
        return responses.complete(self.configuration, self.issuer, authorized)

    def session(self, user_id: str) -> str:
        """The identifier of a new session of a user."""
        lifetime = 30 * 86_400_000
        return self.write(
            lambda c: sessions.begin(c, self.environment_id, user_id, new_token(), {}, now=self.now, lifetime=lifetime)
        ).id

    def code(self, application: Application, user_id: str | None = None, **parameters: Any) -> str:
        """A code for an application."""
        return self.allow(self.request(application, **parameters), user_id or self.user())["code"]

    def redeem(self, application: Application, code: str, **form: Any) -> Answer:
        """Ask for the tokens of a code."""
        whole = {"redirect_uri": CALLBACK, "code_verifier": VERIFIER, **form}
        return self.token(application, grant_type="authorization_code", code=code, **whole)

    def verified(self, token: str) -> dict[str, Any]:
        """The claims of a token whose signature is good by the published keys."""
        found: dict[str, Any] = json.loads(verify_compact(token, self.configuration.key_set).payload)
        return found

    def proof(self, key: SigningKey, endpoint: str = "token", access_token: str | None = None, **claims: Any) -> str:
        """A DPoP proof."""
        whole = {
            "jti": new_id(),
            "htm": "POST",
            "htu": f"{self.issuer}/{endpoint}",
            "iat": int(self.time),
            **({} if access_token is None else {"ath": hash_of(access_token)}),
            **claims,
        }
        jwk = {name: value for name, value in key.to_jwk().items() if name in {"kty", "crv", "x", "y", "n", "e"}}
        return sign_compact(whole, key, header={"typ": "dpop+jwt", "jwk": jwk, "kid": None})


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with an environment, made once, and the environment's identifier."""
    path = tmp_path_factory.mktemp("oauth") / "prepared.db"
    store = Store.open(f"sqlite:///{path}")
    served = Served(store)
    served.configurations.close()
    store.close()
    return path, served.environment_id


@pytest.fixture
def served(prepared: tuple[Path, str], tmp_path: Path) -> Iterator[Served]:
    """An environment with its endpoints."""
    path, environment_id = prepared
    shutil.copy(path, tmp_path / "gatepost.db")
    store = Store.open(f"sqlite:///{tmp_path / 'gatepost.db'}")
    made = Served(store, environment_id)
    try:
        yield made
    finally:
        made.configurations.close()
        store.close()
