"""The servers that are compared, each with everything it runs pinned to one core."""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gatepost.jose import SigningKey, sign_compact
from real_parts import ENVOY, NGINX, free_port, listening, server_process

SERVER_CORE = "0"
ISSUER = "https://auth.example.com"
AUDIENCE = "https://api.example.com"
TOKENS = 2000
CACHE = 4000

_POLICY = f"""
[issuers.main]
issuer = "{ISSUER}"
audience = ["{AUDIENCE}"]
algorithms = ["RS256"]
jwks_file = "keys.json"

[[routes]]
match = "GET /user"
forward = {{ "X-User" = "sub" }}
"""
_TYPES = "type.googleapis.com/envoy.extensions.filters"


class Bench:
    """A folder with a key, tokens and a policy, in which servers are started."""

    def __init__(self, folder: Path) -> None:
        """Make them."""
        self.folder = folder
        self.tokens = folder / "tokens.txt"
        key = SigningKey.generate("RS256", kid="bench")
        self._jwks = json.dumps({"keys": [key.to_jwk()]})
        self._pem = key.public.to_pem()
        folder.joinpath("keys.json").write_text(self._jwks)
        folder.joinpath("gatepost.toml").write_text(_POLICY)
        self.tokens.write_text("".join(f"{token}\n" for token in tokens(key)))

    @contextmanager
    def gatepost(self, *, cache: int, unix: bool = False) -> Iterator[tuple[int, Path]]:
        """Run one worker of `gatepost authz`; the values are its port and its socket, of which it has one."""
        port, path = free_port(), self.folder / f"gate-{cache}.sock"
        where = ["--unix", str(path)] if unix else ["--port", str(port)]
        command = [sys.executable, "-m", "gatepost", "authz", "--policy", str(self.folder / "gatepost.toml"), *where]
        command += ["--token-cache", str(cache), "--access-log", "none"]
        ready = path.exists if unix else lambda: listening(port)
        with self._server(f"gatepost-{cache}-{unix}", command, ready):
            yield port, path

    @contextmanager
    def envoy(self, *, cache: int, backend: int | None = None) -> Iterator[int]:
        """Run Envoy with `jwt_authn`: answering by itself, or proxying to a port."""
        port = free_port()
        configuration = self.folder / f"envoy-{cache}-{backend}.json"
        configuration.write_text(json.dumps(_envoy(self._jwks, port, cache, backend)))
        command = [str(ENVOY.require()), "--config-path", str(configuration), "--concurrency", "1"]
        command += ["--disable-hot-restart", "--log-level", "error"]
        with self._server(configuration.stem, command, lambda: listening(port)):
            yield port

    @contextmanager
    def backend(self) -> Iterator[int]:
        """Run the static backend: an nginx that answers 200."""
        port = free_port()
        http = f"keepalive_requests 1000000; server {{ listen 127.0.0.1:{port}; location / {{ return 200 hello; }} }}"
        with self._nginx(f"backend-{port}", http, port):
            yield port

    @contextmanager
    def nginx(self, gate: Path, backend: int) -> Iterator[int]:
        """Run nginx with `auth_request`, the gate's Unix socket and the backend."""
        port = free_port()
        http = f"""
        keepalive_requests 1000000;
        upstream gate {{ server unix:{gate}; keepalive 32; keepalive_requests 1000000; }}
        upstream backend {{ server 127.0.0.1:{backend}; keepalive 32; keepalive_requests 1000000; }}
        server {{
            listen 127.0.0.1:{port};
            location / {{
                auth_request /_gate;
                auth_request_set $user $upstream_http_x_user;
                proxy_set_header X-User $user;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_pass http://backend;
            }}
            location = /_gate {{
                internal;
                proxy_pass http://gate/nginx;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_pass_request_body off;
                proxy_pass_request_headers off;
                proxy_set_header Content-Length "";
                proxy_set_header X-Original-Method $request_method;
                proxy_set_header X-Original-URI $request_uri;
                proxy_set_header Authorization $http_authorization;
            }}
        }}"""
        with self._nginx(f"nginx-{port}", http, port):
            yield port

    @contextmanager
    def apache(self, backend: int) -> Iterator[int | None]:
        """Run Apache with mod_auth_openidc as a resource server before the backend; `None` where there is none."""
        modules = Path("/usr/lib/apache2/modules")
        if shutil.which("apache2") is None or not modules.joinpath("mod_auth_openidc.so").exists():
            yield None
            return
        port = free_port()
        folder = self.folder / "apache"
        folder.mkdir()
        folder.joinpath("key.pem").write_text(self._pem)
        configuration = folder / "apache.conf"
        configuration.write_text(_apache(modules, folder, port, backend))
        command = ["apache2", "-X" if os.environ.get("DEBUG") else "-DFOREGROUND", "-f", str(configuration)]
        with self._server("apache", command, lambda: listening(port)):
            yield port

    @contextmanager
    def _nginx(self, name: str, http: str, port: int) -> Iterator[None]:
        folder = self.folder / name
        folder.mkdir()
        user = "user root root;" if os.geteuid() == 0 else ""
        main = f"daemon off; {user} worker_processes 1; pid nginx.pid; error_log stderr; events {{ }}"
        configuration = folder / "nginx.conf"
        configuration.write_text(f"{main} http {{ access_log off; {http} }}")
        command = [str(NGINX.require()), "-p", str(folder), "-c", str(configuration), "-e", "stderr"]
        with self._server(name, command, lambda: listening(port)):
            yield

    @contextmanager
    def _server(self, name: str, command: list[str], ready: object) -> Iterator[None]:
        folder = self.folder / f"log-{name}"
        folder.mkdir(exist_ok=True)
        assert callable(ready)
        with server_process(["taskset", "-c", SERVER_CORE, *command], ready=ready, folder=folder):
            yield


def tokens(key: SigningKey) -> list[str]:
    """Return as many different tokens as are used, of a common size."""
    now = int(time.time())
    base = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 36_000, "scope": "openid profile email"}
    return [
        sign_compact(base | {"sub": f"user-{number}", "jti": f"{number:032x}"}, key, header={"typ": "JWT"})
        for number in range(TOKENS)
    ]


def _envoy(jwks: str, port: int, cache: int, backend: int | None) -> dict[str, object]:
    provider: dict[str, object] = {
        "issuer": ISSUER,
        "audiences": [AUDIENCE],
        "local_jwks": {"inline_string": jwks},
        "forward": True,
        "claim_to_headers": [{"header_name": "x-user", "claim_name": "sub"}],
    }
    if cache:
        provider["jwt_cache_config"] = {"jwt_cache_size": cache}
    action = {"direct_response": {"status": 200}} if backend is None else {"route": {"cluster": "backend"}}
    filters = [
        {
            "name": "jwt",
            "typed_config": {
                "@type": f"{_TYPES}.http.jwt_authn.v3.JwtAuthentication",
                "providers": {"main": provider},
                "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "main"}}],
            },
        },
        {"name": "router", "typed_config": {"@type": f"{_TYPES}.http.router.v3.Router"}},
    ]
    manager = {
        "@type": f"{_TYPES}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "http",
        "route_config": {
            "virtual_hosts": [{"name": "any", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, **action}]}]
        },
        "http_filters": filters,
    }
    found: dict[str, object] = {
        "listeners": [
            {
                "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
                "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
            }
        ]
    }
    if backend is not None:
        address = {"socket_address": {"address": "127.0.0.1", "port_value": backend}}
        endpoints = {"cluster_name": "backend", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}]}
        found["clusters"] = [{"name": "backend", "load_assignment": endpoints}]
    return {"static_resources": found}


def _apache(modules: Path, folder: Path, port: int, backend: int) -> str:
    names = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc", "proxy", "proxy_http", "headers")
    loaded = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in names)
    return f"""
{loaded}
ServerName localhost
ServerRoot {folder}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
Listen 127.0.0.1:{port}
StartServers 1
ServerLimit 1
ThreadsPerChild 32
MaxRequestWorkers 32
MaxKeepAliveRequests 0
OIDCCryptoPassphrase benchmark
OIDCOAuthVerifyCertFiles bench#{folder}/key.pem
OIDCOAuthRemoteUserClaim sub
<Location />
  AuthType oauth20
  Require claim aud:{AUDIENCE}
  ProxyPass http://127.0.0.1:{backend}/ keepalive=On
</Location>
"""
