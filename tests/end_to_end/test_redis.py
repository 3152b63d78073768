"""The Redis that the tests start is a real one."""

from redis import Redis


def test_it_keeps_what_is_written(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.set("subject", "alice", nx=True, ex=60)
        assert not client.set("subject", "bob", nx=True)
        assert client.get("subject") == b"alice"
