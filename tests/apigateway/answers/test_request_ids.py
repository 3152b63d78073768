"""The ids that the gateway gives to requests."""

import re
from uuid import UUID

from gatepost.apigateway.answers.request_ids import extended_request_id, http_request_id, rest_request_id


def test_an_http_apis_request_id_has_16_characters_and_ends_in_an_equals_sign() -> None:
    for make in (http_request_id, extended_request_id):
        ids = {make() for _ in range(200)}

        assert len(ids) == 200
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{15}=", each) for each in ids)


def test_a_rest_apis_request_id_is_a_random_uuid() -> None:
    ids = {rest_request_id() for _ in range(200)}

    assert len(ids) == 200
    assert all(str(UUID(each)) == each and UUID(each).version == 4 for each in ids)
