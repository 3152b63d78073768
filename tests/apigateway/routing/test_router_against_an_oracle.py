"""The router finds what a slow reading of the rules finds."""

from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from gatepost.apigateway.model.place import TemplateError
from gatepost.apigateway.routing.router import Router
from tests.apigateway.routing.apis import api

SEGMENT = st.sampled_from(["a", "b", "{x}", "{y}"])
PATH = st.builds(
    lambda parts, greedy: "/" + "/".join([*parts, *greedy]),
    st.lists(SEGMENT, max_size=3),
    st.sampled_from([[], [], ["{rest+}"]]),
)
KEY = st.builds("{} {}".format, st.sampled_from(["GET", "POST", "ANY"]), PATH)
KEYS = st.lists(st.one_of(KEY, st.just("$default")), unique=True, max_size=8)
ASKED = st.lists(st.sampled_from(["a", "b", "c"]), max_size=4)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _matches(template: list[str], parts: list[str]) -> bool:
    if template and template[-1].endswith("+}"):
        before = template[:-1]
        return len(parts) > len(before) and _matches(before, parts[: len(before)])
    return len(template) == len(parts) and all(
        wanted.startswith("{") or wanted == part for wanted, part in zip(template, parts, strict=True)
    )


def _rank(template: list[str]) -> list[int]:
    return [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in template]


def _expected(kind: Literal["HTTP", "REST"], keys: list[str], method: str, parts: list[str]) -> str | None:
    candidates = []
    for key in keys:
        if key == "$default":
            continue
        wanted, _, path = key.partition(" ")
        template = _parts(path)
        if wanted in {method, "ANY"} and _matches(template, parts):
            greedy = template[-1:] != [] and template[-1].endswith("+}")
            rank = _rank(template)
            candidates.append(((greedy if kind == "HTTP" else False, rank, wanted == "ANY"), key))
    if candidates:
        return min(candidates)[1]
    return "$default" if kind == "HTTP" and "$default" in keys else None


@given(st.sampled_from(["HTTP", "REST"]), KEYS, st.sampled_from(["GET", "POST", "PUT"]), ASKED)
def test_the_router_agrees_with_the_rules(
    kind: Literal["HTTP", "REST"], keys: list[str], method: str, parts: list[str]
) -> None:
    keys = [key for key in keys if kind == "HTTP" or key != "$default"]
    shapes = [key.replace("{y}", "{x}") for key in keys]
    try:
        router = Router(api(kind, *keys))
    except TemplateError:
        assert len(set(shapes)) < len(shapes)
        return
    assert len(set(shapes)) == len(shapes)
    match = router.find(method, "/" + "/".join(parts))
    assert (None if match is None else match.route.key) == _expected(kind, keys, method, parts)


@given(st.text(max_size=30), st.sampled_from(["", "s"]), st.sampled_from(["HTTP", "REST"]))
def test_whatever_the_path_the_router_answers(path: str, stage: str, kind: Literal["HTTP", "REST"]) -> None:
    router = Router(api(kind, "GET /a", "GET /{x}", "ANY /a/{rest+}", "$default", stage=stage or "$default"))
    for asked in (path, f"/{path}", f"/a/{path}", f"/s/a/{path}"):
        match = router.find("GET", asked)
        if match is not None:
            assert match.path.startswith("/")
            assert asked.endswith(match.path) or (match.path == "/" and asked == "/s")
