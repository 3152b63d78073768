"""`[issuers.NAME.introspection]` in a policy file: how to ask an issuer about tokens that only it can read."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.policy.settings.nearest_name import quoted
from gatepost.policy.settings.secret_reference import file_content, secret
from gatepost.policy.settings.table import Table
from gatepost.policy.settings.watched_files import WatchedFiles
from gatepost.trust.issuer import Issuer

if TYPE_CHECKING:
    from gatepost.trust.remote import RemoteOptions
    from gatepost.verification.client_authentication import ClientAuthentication
    from gatepost.verification.introspection import Introspection

_WAYS = ("basic", "post", "private_key_jwt")


class IntrospectionSettings(Frozen):
    """How to ask.

    Attributes:
        endpoint: The URL of the introspection endpoint.
        client: How we prove who we are.
        remote: The limits of the fetch, and what is trusted there.
        cache: How many good tokens to remember, or `None` for none.
        max_age: Seconds that a good token is remembered.
        refusal_age: Seconds that a refusal is remembered.
    """

    __slots__ = ("cache", "client", "endpoint", "max_age", "refusal_age", "remote")

    endpoint: str
    client: "ClientAuthentication"
    remote: "RemoteOptions"
    cache: int | None
    max_age: float
    refusal_age: float

    def __init__(
        self,
        endpoint: str,
        client: "ClientAuthentication",
        remote: "RemoteOptions",
        *,
        cache: int | None,
        max_age: float,
        refusal_age: float,
    ) -> None:
        self._set(
            endpoint=endpoint, client=client, remote=remote, cache=cache, max_age=max_age, refusal_age=refusal_age
        )

    def open(self, issuer: Issuer, clock: Callable[[], float]) -> "Introspection":
        """Return what asks about the tokens of `issuer`, and judges the answers by its rules.

        Raises:
            ConfigurationError: When a value makes no sense, or the endpoint may not be asked.
        """
        from gatepost.verification.introspection import Introspection

        return Introspection(
            self.endpoint,
            issuer=issuer.identifier,
            audience=issuer.audience,
            client=self.client,
            leeway=issuer.leeway,
            required_claims=issuer.required_claims,
            max_token_age=issuer.max_token_age,
            aliases=issuer.aliases,
            client_id_as_audience=issuer.client_id_as_audience,
            ca_file=self.remote.get("ca_file"),
            http_hosts=self.remote.get("http_hosts", ()),
            connect_timeout=self.remote.get("connect_timeout", 1.5),
            total_timeout=self.remote.get("total_timeout", 3.0),
            cache_size=self.cache,
            max_age=self.max_age,
            refusal_age=self.refusal_age,
            clock=clock,
        )


def read_introspection(
    table: Table, environ: Mapping[str, str], files: WatchedFiles, remote: "RemoteOptions"
) -> IntrospectionSettings | None:
    """Return what the table says, or `None` when something is wrong with it.

    Args:
        table: The table.
        environ: The environment's variables.
        files: Gets the files of secrets.
        remote: How the issuer's own table says to fetch.
    """
    endpoint, client_id = table.text("endpoint"), table.text("client_id")
    for key, example in (("endpoint", "https://…/introspect"), ("client_id", "…")):
        if key not in table:
            table.complain(f'{table.title} lacks "{key}", such as {key} = "{example}"')
    client = _client(table, environ, files, client_id or "?")
    cache, max_age, refusal_age = table.whole_number("cache"), table.seconds("max_age"), table.seconds("refusal_age")
    table.finish()
    if endpoint is None or client_id is None or client is None:
        return None
    return IntrospectionSettings(
        endpoint,
        client,
        remote,
        cache=1024 if cache is None else cache or None,
        max_age=60.0 if max_age is None else max_age,
        refusal_age=2.0 if refusal_age is None else refusal_age,
    )


def _client(
    table: Table, environ: Mapping[str, str], files: WatchedFiles, client_id: str
) -> "ClientAuthentication | None":
    from gatepost.verification.client_authentication import ClientSecretBasic, ClientSecretPost

    way = table.one_of("client_authentication", _WAYS)
    has_key = "client_key_file" in table
    secrets = [key for key in ("client_secret_env", "client_secret_file") if key in table]
    shared = secret(table, environ, files, "client_")
    if has_key and (secrets or way in {"basic", "post"}):
        table.complain(
            f'"client_key_file" and {quoted((secrets or ["client_authentication"])[0])} contradict each other'
        )
        return None
    if has_key:
        return _private_key_jwt(table, files, client_id)
    if way == "private_key_jwt" or not secrets:
        wanted = '"client_key_file"' if way == "private_key_jwt" else '"client_secret_env" or "client_secret_file"'
        table.complain(f"{table.title} lacks {wanted}: how we prove who we are")
        return None
    if shared is None:
        return None
    try:
        text = shared.decode().rstrip("\r\n")  # many an editor ends a file with a line break
    except UnicodeDecodeError:
        table.complain("the client's secret is not UTF-8", secrets[0])
        return None
    return ClientSecretPost(client_id, text) if way == "post" else ClientSecretBasic(client_id, text)


def _private_key_jwt(table: Table, files: WatchedFiles, client_id: str) -> "ClientAuthentication | None":
    from gatepost.errors import TokenRejected
    from gatepost.jose import SigningKey
    from gatepost.jose.strict_json import load_object
    from gatepost.verification.client_authentication import PrivateKeyJwt

    content = file_content(table, "client_key_file", files)
    if content is None:
        return None
    try:
        pem = b"-----BEGIN" in content
        key = SigningKey.from_pem(content) if pem else SigningKey.from_jwk(load_object(content))
        return PrivateKeyJwt(client_id, key)
    except TokenRejected:
        table.complain("the client's key is neither PEM nor a JWK", "client_key_file")
    except ConfigurationError as error:
        table.complain(str(error), "client_key_file")
    return None
