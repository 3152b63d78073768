"""The nginx that the tests start is a real one, and has auth_request."""

import pytest
import urllib3

from tests.end_to_end.conftest import Serve, Start
from tests.end_to_end.real_parts.loopback_http import Answer, Asked
from tests.end_to_end.real_parts.loopback_port import free_port


def authority(asked: Asked) -> Answer:
    if asked.headers.get("authorization") == "Bearer good":
        return Answer(204, headers={"X-Subject": "alice"})
    return Answer(401, headers={"WWW-Authenticate": "Bearer"})


@pytest.mark.parametrize(("authorization", "status"), [("Bearer good", 200), ("Bearer bad", 401)])
def test_auth_request_lets_in_whom_the_authority_lets_in(
    nginx: Start, serve: Serve, http: urllib3.PoolManager, authorization: str, status: int
) -> None:
    port = free_port()
    upstream = serve(lambda asked: Answer(200, b"hello " + asked.headers["x-subject"].encode()))
    base_url = nginx(
        f"""
        server {{
            listen 127.0.0.1:{port};
            location / {{
                auth_request /authority;
                auth_request_set $subject $upstream_http_x_subject;
                proxy_set_header X-Subject $subject;
                proxy_pass {upstream};
            }}
            location = /authority {{
                internal;
                proxy_pass {serve(authority)};
                proxy_pass_request_body off;
                proxy_set_header Content-Length "";
            }}
        }}
        """,
        port,
    )
    response = http.request("GET", f"{base_url}/user", headers={"Authorization": authorization})
    assert response.status == status
    assert (response.data == b"hello alice") is (status == 200)
