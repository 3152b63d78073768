"""An issuer of tokens on a loopback port, as strict as the vendor it imitates."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import EllipsisType, TracebackType
from typing import Self, Unpack

from gatepost.errors import ConfigurationError
from gatepost.jose import SigningKey
from gatepost.jose.algorithms import ASYMMETRIC
from gatepost.testing.clock import TurnableClock
from gatepost.testing.endpoints import Endpoints
from gatepost.testing.fault import Endpoint, Fault, Faults
from gatepost.testing.http_server import Answer, HttpServer, Request
from gatepost.testing.key_ring import KeyRing
from gatepost.testing.minting import Mint
from gatepost.testing.request_log import RequestLog
from gatepost.testing.shapes import shape_of
from gatepost.testing.shapes.shape import Kind, Shape, Site
from gatepost.testing.tls import Tls
from gatepost.testing.token_endpoint import TokenEndpoint
from gatepost.trust.issuer import Issuer, IssuerOptions


class LocalIssuer:
    """An issuer with discovery, JWKS and a client-credentials token endpoint, in the vendor's layout and token shape.

    It works between `start` and `stop`, or inside `with`. What depends on its port (`url`, `identifier`, …) is known
    from the first `start` on and stays the same when it is stopped and started again; so do its keys.

    Attributes:
        vendor: Whom it imitates.
        client_id: The id of its one client.
        client_secret: The client's secret.
        algorithm: What its tokens are signed with.
        clock: Its clock, to turn and to share with the verifier.
        requests: What it was asked.
        cache_control: The `Cache-Control` header of its JWKS, or `None` for none. It can be set at any time.
        sends_etag: Whether its JWKS has an `ETag`, and `If-None-Match` is answered with 304. It can be set too.
    """

    def __init__(
        self,
        vendor: str = "pingone",
        *,
        audience: str | Sequence[str] | None = None,
        tenant: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        scopes: Sequence[str] = ("read", "write"),
        lifetime: int | None = None,
        algorithm: str = "RS256",
        clock: Callable[[], float] = time.time,
        port: int = 0,
        tls: bool = False,
        cache_control: str | None = "public, max-age=300",
        sends_etag: bool = True,
    ) -> None:
        """Set an issuer up.

        Args:
            vendor: `pingone`, `pingam`, `wso2`, `authgear`, `cognito`, `auth0`, `entra`, `okta`, `keycloak`, `google`,
                or `generic` for what the specifications say.
            audience: The audiences of its access tokens; `None` for what the vendor writes by default, which may be
                the client id. The attribute tells.
            tenant: PingOne's environment id, Entra's tenant id, the realm of PingAM or Keycloak, WSO2's tenant,
                Cognito's user pool id, Okta's authorization server; `None` for a fixed example.
            client_id: The client's id; `None` for a fixed example.
            client_secret: The client's secret; `None` for a random one.
            scopes: The scopes that the client may have.
            lifetime: Seconds until a token expires; `None` for the vendor's default.
            algorithm: What tokens are signed with: any asymmetric one.
            clock: Seconds since 1970. A `TurnableClock` is used as it is, any other is made one.
            port: The port on the loopback address; 0 takes a free one.
            tls: Whether it is reached by https, with a self-signed certificate that `ca_file` holds.
            cache_control: The `Cache-Control` header of its JWKS, or `None` for none.
            sends_etag: Whether its JWKS has an `ETag`.

        Raises:
            ConfigurationError: When there is no such vendor or algorithm.
        """
        shape = shape_of(vendor)
        if algorithm not in ASYMMETRIC:
            raise ConfigurationError(
                f"a local issuer publishes its keys, so its algorithm is one of {', '.join(sorted(ASYMMETRIC))}; "
                f"not {algorithm!r}"
            )
        self.vendor = vendor
        self.client_id = shape.client_id if client_id is None else client_id
        self.client_secret = secrets.token_urlsafe(32) if client_secret is None else client_secret
        self.algorithm = algorithm
        self.clock = clock if isinstance(clock, TurnableClock) else TurnableClock(clock)
        self.requests = RequestLog()
        self.cache_control = cache_control
        self.sends_etag = sends_etag
        self._audience = (audience,) if isinstance(audience, str) else audience
        self._tenant = shape.tenant if tenant is None else tenant
        self._scopes = tuple(scopes)
        self._lifetime = shape.lifetime if lifetime is None else lifetime
        self._vendors_shape = shape
        self._located: Shape | None = None
        self._endpoints: Endpoints | None = None
        self._faults = Faults()
        self._tls = Tls() if tls else None
        self._server = HttpServer(self._respond, port=port, tls=None if self._tls is None else self._tls.context)
        self._keys = KeyRing(shape, algorithm)

    def start(self) -> Self:
        """Listen. Connections are accepted when this returns; the first key may still be in the making."""
        if not self._server.running:
            self._server.start(self._locate)
        return self

    def stop(self) -> None:
        """Stop listening, heal every fault, and end every connection."""
        self._faults.switch_off()
        self._server.stop()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """Its address, such as `http://127.0.0.1:41007`."""
        return self._shape.site.base

    @property
    def identifier(self) -> str:
        """The `iss` of its tokens."""
        return self._shape.identifier

    @property
    def discovery_url(self) -> str:
        """Where its discovery document is."""
        return self._shape.discovery_url

    @property
    def jwks_uri(self) -> str:
        """Where its keys are."""
        return self._shape.jwks_uri

    @property
    def token_endpoint(self) -> str:
        """Where tokens are asked for."""
        return self._shape.token_endpoint

    @property
    def audience(self) -> tuple[str, ...]:
        """The audiences of its access tokens."""
        return self._shape.site.audience

    @property
    def tenant(self) -> str:
        """Its environment, realm, tenant, user pool or authorization server."""
        return self._tenant

    @property
    def environment_id(self) -> str:
        """PingOne's word for `tenant`."""
        return self._tenant

    @property
    def ca_file(self) -> str | None:
        """The file that holds its certificate, or `None` without TLS."""
        return None if self._tls is None else self._tls.ca_file

    def mint(self, /, **claims: object) -> str:
        """Return a token for a user, in the vendor's shape.

        Args:
            **claims: Claims to set, such as `exp=0`. `OMIT` leaves one out, `None` is JSON's `null`. A name that is
                no Python name is given by `mint(**{"p1.rid": "…"})`.
        """
        return self.mint_with(claims)

    def mint_with(
        self,
        claims: Mapping[str, object] | None = None,
        *,
        kind: Kind | None = None,
        scopes: Sequence[str] | None = None,
        header: Mapping[str, object] | None = None,
        key: SigningKey | None = None,
        access_token: str | None = None,
    ) -> str:
        """Return a token to your liking.

        Args:
            claims: Claims to set, or to leave out with `OMIT`.
            kind: `access` for a user, `client_credentials` for the client itself, or `id` for an ID token; `None` for
                the first of these that the vendor issues as a JWT.
            scopes: The scopes, written as the vendor writes them; `None` for all that the client may have.
            header: Header parameters to set, or to leave out with `OMIT`.
            key: Another key to sign with.
            access_token: The access token that an ID token's `at_hash` is for; `None` for one that nobody has.

        Raises:
            ConfigurationError: When the vendor issues no JWT of that kind, or a value cannot be written as JSON.
        """
        mint = Mint(self._shape, self._keys, self.clock)
        return mint.mint(claims or {}, header or {}, kind=kind, scopes=scopes, key=key, access_token=access_token)

    @property
    def signing_key(self) -> SigningKey:
        """The key that it signs with."""
        return self._keys.current().key

    def rotate_keys(self, *, keep_old: bool = False) -> SigningKey:
        """Sign with a fresh key from now on, and return it.

        Args:
            keep_old: Whether the keys so far stay published, as in an orderly rotation; otherwise they are gone.
        """
        return self._keys.rotate(keep_old=keep_old).key

    def issuer(
        self, *, audience: str | Iterable[str] | EllipsisType | None = ..., **options: Unpack[IssuerOptions]
    ) -> Issuer:
        """Return the `Issuer` that trusts it by its vendor's rules.

        Args:
            audience: The audience to ask for; by default its own, for ID tokens the client id.
            **options: The other options of `Issuer`. `keys` is `Discovery()` by default, `algorithms` its own.
        """
        shape = self._shape
        if "keys" not in options:
            from gatepost.trust.discovery import Discovery

            options["keys"] = Discovery(ca_file=self.ca_file)
        options.setdefault("algorithms", (self.algorithm,))
        if audience is ...:
            audience = shape.id_audience if options.get("token_type") == "id" else shape.site.audience
        return shape.trust(audience, options)

    @property
    def fault(self) -> Fault | None:
        """The fault that is switched on everywhere; set to `None`, everything is healed."""
        active = {self._faults.at(endpoint) for endpoint in Endpoint}
        return active.pop() if len(active) == 1 else None

    @fault.setter
    def fault(self, fault: Fault | None) -> None:
        if fault is None:
            self.heal()
        else:
            self.fail(fault)

    def fail(
        self, fault: Fault, *, at: Endpoint | None = None, times: int | None = None, seconds: float = 60.0
    ) -> None:
        """Switch a fault on.

        Args:
            fault: What goes wrong from now on.
            at: Where, or `None` for every endpoint.
            times: How many requests meet it, or `None` for all until it is healed.
            seconds: With `Fault.SLOW`: for how long an answer is held back if nobody heals it before.

        Raises:
            ConfigurationError: When connections are to be refused at one endpoint, or by an issuer that is not running.
        """
        self.heal(at)
        self._faults.switch_on(fault, at, times, seconds)
        if fault is Fault.REFUSED:
            self._server.refuse()

    def heal(self, at: Endpoint | None = None) -> None:
        """Switch the faults off at one endpoint, or all of them, and let go of what is being held back there."""
        refused = self._faults.at(Endpoint.TOKEN) is Fault.REFUSED
        self._faults.switch_off(None if refused else at)
        if refused:
            self._server.start(self._locate)

    @property
    def _shape(self) -> Shape:
        if self._located is None:
            raise ConfigurationError(
                "the issuer has no address yet: start it, or write `with LocalIssuer(...) as issuer`"
            )
        return self._located

    def _locate(self, port: int) -> None:
        """Take notice of the port, before the first request comes."""
        if self._located is not None:
            return
        base = f"{'http' if self._tls is None else 'https'}://127.0.0.1:{port}"
        given = self._audience
        self._located = shape = self._vendors_shape(
            Site(
                base=base,
                tenant=self._tenant,
                audience=(self._vendors_shape.default_audience(base, self.client_id),)
                if given is None
                else tuple(given),
                client_id=self.client_id,
                scopes=self._scopes,
                lifetime=self._lifetime,
                algorithm=self.algorithm,
            )
        )
        tokens = TokenEndpoint(
            shape, self.client_secret, Mint(shape, self._keys, self.clock).mint_for_client, self.clock
        )
        self._endpoints = Endpoints(
            shape=shape,
            keys=self._keys,
            token_endpoint=tokens,
            faults=self._faults,
            log=self.requests,
            jwks_headers=self._jwks_headers,
        )

    def _respond(self, request: Request) -> Answer:
        assert self._endpoints is not None  # noqa: S101  # `_locate` comes before the first request
        return self._endpoints.answer(request)

    def _jwks_headers(self, document: bytes) -> dict[str, str]:
        headers = {} if self.cache_control is None else {"Cache-Control": self.cache_control}
        if self.sends_etag:
            headers["ETag"] = f'"{hashlib.sha256(document).hexdigest()[:32]}"'
        return headers
