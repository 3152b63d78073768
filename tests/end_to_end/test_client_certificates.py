"""The client's certificate, as real proxies hand it over in their headers (RFC 8705 §3)."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert
from typing import NamedTuple

import pytest
import urllib3

from gatepost.errors import TokenRejected
from gatepost.jose import base64url
from gatepost.testing.certificate import for_tls
from gatepost.verification.client_certificate import ClientCertificate
from tests.end_to_end.conftest import Serve, Start, StartEnvoy
from tests.end_to_end.real_parts.loopback_http import Answer, Asked
from tests.end_to_end.real_parts.loopback_port import free_port

_HTTP = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
_TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"


class Identity(NamedTuple):
    """A certificate and its key, as files."""

    certificate: Path
    key: Path

    @property
    def thumbprint(self) -> str:
        der = PEM_cert_to_DER_cert(self.certificate.read_text())
        return base64url.encode(sha256(der).digest()).decode()


def identity(folder: Path, name: str) -> Identity:
    made = Identity(folder / f"{name}.pem", folder / f"{name}-key.pem")
    for path, text in zip(made, for_tls(), strict=True):
        path.write_bytes(text)
    return made


@pytest.fixture
def server(tmp_path: Path) -> Identity:
    """The proxy's certificate."""
    return identity(tmp_path, "server")


@pytest.fixture
def client(tmp_path: Path) -> Identity:
    """The client's certificate."""
    return identity(tmp_path, "client")


@pytest.fixture
def with_certificate(server: Identity, client: Identity) -> Iterator[urllib3.PoolManager]:
    """An HTTP client that shows its certificate."""
    trusted = {"ca_certs": str(server.certificate), "cert_file": str(client.certificate), "key_file": str(client.key)}
    with urllib3.PoolManager(retries=False, timeout=10, **trusted) as pool:  # type: ignore[arg-type]
        yield pool


@pytest.fixture
def without(server: Identity) -> Iterator[urllib3.PoolManager]:
    """An HTTP client that has no certificate."""
    with urllib3.PoolManager(retries=False, timeout=10, ca_certs=str(server.certificate)) as pool:
        yield pool


def thumbprint(asked: Asked, header: str) -> str:
    found = ClientCertificate.from_headers(asked.headers.items(), header)
    if found is None:
        return "none"
    try:
        return found.thumbprint()
    except TokenRejected:
        return "refused"


def nginx_site(port: int, upstream: str, server: Identity) -> str:
    return f"""
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {server.certificate};
        ssl_certificate_key {server.key};
        ssl_verify_client optional_no_ca;
        location / {{
            proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
            proxy_pass {upstream};
        }}
    }}
    """


def test_nginx_hands_it_over_escaped(
    nginx: Start, serve: Serve, server: Identity, client: Identity, with_certificate: urllib3.PoolManager
) -> None:
    port = free_port()
    upstream = serve(lambda asked: Answer(200, thumbprint(asked, "X-SSL-Client-Cert").encode()))
    nginx(nginx_site(port, upstream, server), port)
    forged = {"X-SSL-Client-Cert": "forged"}
    response = with_certificate.request("GET", f"https://localhost:{port}/", headers=forged)
    assert response.data.decode() == client.thumbprint


def test_nginx_hands_over_nothing_where_there_is_none(
    nginx: Start, serve: Serve, server: Identity, without: urllib3.PoolManager
) -> None:
    port = free_port()
    upstream = serve(lambda asked: Answer(200, thumbprint(asked, "X-SSL-Client-Cert").encode()))
    nginx(nginx_site(port, upstream, server), port)
    forged = {"X-SSL-Client-Cert": "forged"}
    assert without.request("GET", f"https://localhost:{port}/", headers=forged).data == b"none"


def envoy_bootstrap(
    port: int, upstream: str, server: Identity, client: Identity, **hcm: object
) -> Mapping[str, object]:
    address = {"socket_address": {"address": "127.0.0.1", "port_value": int(upstream.rpartition(":")[2])}}
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    cluster = {"name": "api", "load_assignment": {"cluster_name": "api", "endpoints": endpoints}}
    route = {"match": {"prefix": "/"}, "route": {"cluster": "api"}}
    manager = {
        "@type": _HTTP,
        "stat_prefix": "http",
        "route_config": {"virtual_hosts": [{"name": "any", "domains": ["*"], "routes": [route]}]},
        "http_filters": [{"name": "router", "typed_config": {"@type": _ROUTER}}],
        **hcm,
    }
    own = {"certificate_chain": {"filename": str(server.certificate)}, "private_key": {"filename": str(server.key)}}
    context = {
        "@type": _TLS,
        "common_tls_context": {
            "tls_certificates": [own],
            "validation_context": {"trusted_ca": {"filename": str(client.certificate)}},
        },
    }
    chain = {
        "filters": [{"name": "http", "typed_config": manager}],
        "transport_socket": {"name": "tls", "typed_config": context},
    }
    listener = {
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [chain],
    }
    return {"static_resources": {"listeners": [listener], "clusters": [cluster]}}


@pytest.mark.parametrize(
    "details", [{}, {"cert": True}, {"cert": True, "chain": True, "subject": True, "uri": True, "dns": True}], ids=str
)
@pytest.mark.parametrize("forward", ["SANITIZE_SET", "APPEND_FORWARD"])
def test_envoy_hands_over_its_hash_and_itself(
    envoy: StartEnvoy,
    serve: Serve,
    server: Identity,
    client: Identity,
    with_certificate: urllib3.PoolManager,
    forward: str,
    details: dict[str, bool],
) -> None:
    port = free_port()
    upstream = serve(lambda asked: Answer(200, thumbprint(asked, "X-Forwarded-Client-Cert").encode()))
    settings = {"forward_client_cert_details": forward, "set_current_client_cert_details": details}
    envoy(envoy_bootstrap(port, upstream, server, client, **settings), port)
    forged = {"X-Forwarded-Client-Cert": f"Hash={'0' * 64}"}
    response = with_certificate.request("GET", f"https://localhost:{port}/", headers=forged)
    assert response.data.decode() == client.thumbprint


def test_envoy_hands_over_nothing_where_there_is_none(
    envoy: StartEnvoy, serve: Serve, server: Identity, client: Identity, without: urllib3.PoolManager
) -> None:
    port = free_port()
    upstream = serve(lambda asked: Answer(200, thumbprint(asked, "X-Forwarded-Client-Cert").encode()))
    envoy(envoy_bootstrap(port, upstream, server, client, forward_client_cert_details="SANITIZE_SET"), port)
    forged = {"X-Forwarded-Client-Cert": f"Hash={'0' * 64}"}
    assert without.request("GET", f"https://localhost:{port}/", headers=forged).data == b"none"
