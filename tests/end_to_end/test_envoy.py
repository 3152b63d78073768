"""The Envoy that the tests start is a real one."""

import urllib3

from tests.end_to_end.conftest import StartEnvoy
from tests.end_to_end.real_parts.loopback_port import free_port

_HTTP = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"


def test_it_answers_by_itself(envoy: StartEnvoy, http: urllib3.PoolManager) -> None:
    port = free_port()
    answer = {"status": 200, "body": {"inline_string": "hello"}}
    hosts = [{"name": "any", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "direct_response": answer}]}]
    manager = {
        "@type": _HTTP,
        "stat_prefix": "http",
        "route_config": {"virtual_hosts": hosts},
        "http_filters": [{"name": "router", "typed_config": {"@type": _ROUTER}}],
    }
    listener = {
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    }
    response = http.request("GET", envoy({"static_resources": {"listeners": [listener]}}, port))
    assert (response.status, response.data, response.headers["server"]) == (200, b"hello", "envoy")
