"""Collections: pages, filters, what is expanded and included."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import Connection

from gatepost.identity import users
from tests.provider.platform.conftest import NOW, Api


def _many(api: Api, count: int) -> None:
    def work(connection: Connection) -> None:
        for number in range(count):
            sent = {"username": f"user{number:03d}", "name": {"family": "demo" if number % 2 else "other"}}
            users.create(connection, api.environment_id, sent, int(NOW * 1000))

    api.services.store.write(work)


def test_all_of_250_users_come_once_over_pages(both: Api) -> None:
    _many(both, 250)
    found: list[str] = []
    url: str | None = "/users?limit=100"
    sizes = []
    while url is not None:
        page = both("GET", url).body
        assert page["count"] == 251
        sizes.append(page["size"])
        assert page["size"] == len(page["_embedded"]["users"])
        found += [each["username"] for each in page["_embedded"]["users"]]
        url = page["_links"].get("next", {}).get("href")
    assert sizes == [100, 100, 51]
    assert sorted(found) == sorted(["administrator", *(f"user{number:03d}" for number in range(250))])


def test_the_next_page_keeps_the_filter_and_the_limit(both: Api) -> None:
    _many(both, 30)
    text = quote('name.family eq "demo"')
    page = both("GET", f"/users?filter={text}&limit=10&include=memberOfGroupNames").body
    query = parse_qs(urlsplit(page["_links"]["next"]["href"]).query)
    assert query["filter"] == ['name.family eq "demo"']
    assert query["limit"] == ["10"]
    following = both("GET", page["_links"]["next"]["href"]).body
    assert following["size"] == 5
    assert {each["name"]["family"] for each in following["_embedded"]["users"]} == {"demo"}
    assert following["_embedded"]["users"][0]["memberOfGroupNames"] == []


def test_a_cursor_says_nothing_and_is_for_its_collection_and_filter(both: Api) -> None:
    _many(both, 3)
    first = both("GET", "/users?limit=1").body
    (cursor,) = parse_qs(urlsplit(first["_links"]["next"]["href"]).query)["cursor"]
    assert first["_embedded"]["users"][0]["id"] not in cursor
    assert both("GET", f"/users?limit=1&cursor={cursor}").status == 200
    for path in (
        f"/groups?cursor={cursor}",
        f"/users?filter=username%20pr&cursor={cursor}",
        f"/users?cursor={cursor[:-2]}AA",
        "/users?cursor=1",
        "/users?cursor=' OR 1=1 --".replace(" ", "%20"),
    ):
        refused = both("GET", path)
        assert refused.status == 400, path
        assert refused.details == {("INVALID_VALUE", "cursor")}


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1.5", "x", "1e2", "٣", "99999999999999999999"])
def test_a_limit_is_1_to_1000(api: Api, limit: str) -> None:
    refused = api("GET", f"/users?limit={quote(limit)}")
    assert refused.status == 400
    assert refused.details == {("INVALID_VALUE", "limit")}
    assert refused.body["details"][0]["innerError"] == {"rangeMinimumValue": 1, "rangeMaximumValue": 1000}
    assert api("GET", "/users?limit=1000").status == 200


def test_the_members_of_a_group_are_found_by_a_filter(both: Api) -> None:
    upper, lower = both("POST", "/groups", {"name": "upper"}), both("POST", "/groups", {"name": "lower"})
    one, two = both.user("one", name={"family": "demo"}), both.user("two", name={"family": "other"})
    both.user("three")
    for user, group in ((one, upper), (two, lower)):
        assert both("POST", f"/users/{user}/memberOfGroups", {"id": group.id}).status == 201
    assert both("POST", f"/groups/{lower.id}/memberOfGroups", {"id": upper.id}).status == 201

    def found(text: str) -> set[str]:
        answer = both("GET", f"/users?filter={quote(text)}")
        assert answer.status == 200, answer.body
        return {each["username"] for each in answer.body["_embedded"]["users"]}

    assert found(f'memberOfGroups[id eq "{upper.id}"]') == {"one", "two"}
    assert found(f'memberOfGroups[id eq "{lower.id}"]') == {"two"}
    assert found(f'memberOfGroups[id eq "{upper.id}"] and name.family eq "demo"') == {"one"}
    assert both("GET", upper.body["_links"]["users"]["href"]).body["size"] == 2


@pytest.mark.parametrize("path", ["/users", "/groups", "/populations"])
@pytest.mark.parametrize("text", ["name", 'name eq "', "' OR 1=1 --", 'nothing eq "x"', "((((", 'id eq "\\u0000"'])
def test_a_filter_that_cannot_be_read_is_refused(shared: Api, path: str, text: str) -> None:
    refused = shared("GET", f"{path}?filter={quote(text)}")
    assert refused.status == 400
    assert refused.details == {("INVALID_VALUE", "filter")}


def test_a_population_is_found_by_its_name(both: Api) -> None:
    population = both.population(name='It\'s "ours"; DROP TABLE users')
    text = quote('name eq "It\'s \\"ours\\"; DROP TABLE users"')
    (found,) = both("GET", f"/populations?filter={text}").body["_embedded"]["populations"]
    assert found["id"] == population
    both.user(population={"id": population})
    assert both("GET", f"/populations/{population}").body["userCount"] == 1


def test_what_is_expanded_and_included_comes_with_users(both: Api) -> None:
    group = both("POST", "/groups", {"name": "admins"})
    user = both.user()
    assert both("POST", f"/users/{user}/memberOfGroups", {"id": group.id}).status == 201
    shown = both("GET", f"/users/{user}?expand=population,password&include=memberOfGroupNames").body
    assert shown["memberOfGroupNames"] == ["admins"]
    assert shown["_embedded"]["population"]["name"] == "Default"
    assert shown["_embedded"]["password"]["status"] == "NO_PASSWORD"
    assert "_embedded" not in both("GET", f"/users/{user}").body
    for name, value in (("expand", "everything"), ("include", "password")):
        refused = both("GET", f"/users?{name}={value}")
        assert refused.details == {("INVALID_VALUE", name)}


def test_roles_are_listed_on_pages(api: Api) -> None:
    first = api("GET", "/v1/roles?limit=4").body
    rest = api("GET", first["_links"]["next"]["href"]).body
    names = [each["name"] for page in (first, rest) for each in page["_embedded"]["roles"]]
    assert len(names) == len(set(names)) == first["count"]
    assert {"Environment Admin", "Identity Data Admin"} <= set(names)
