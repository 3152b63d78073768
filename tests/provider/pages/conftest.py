"""An environment with its hosted pages, visited by browsers without a network."""

import shutil
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from gatepost.identity.applications import Application
from gatepost.identity.store.store import Store
from gatepost.provider.pages.routes import routes
from gatepost.provider.web.request import Request
from tests.provider.signon.conftest import PASSWORD, PUBLIC_URL, Answer, Browser, Served

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


class Paged(Served):
    """An environment with its sign-on endpoints and its hosted pages."""

    def __init__(self, store: Store, environment_id: str | None = None, public_url: str = PUBLIC_URL) -> None:
        super().__init__(store, environment_id, public_url)
        for method, pattern, handler in routes(self.services, self.flows):
            self.web.router.add(method, pattern, handler)

    def visitor(self, address: str = "192.0.2.1") -> "Visitor":
        return Visitor(self, address)


class Element:
    """An element of a page."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None") -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element] = []
        self.own_text = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def text(self) -> str:
        return " ".join((self.own_text + " " + " ".join(each.text for each in self.children)).split())

    def all(self, *tags: str) -> "Iterator[Element]":
        for each in self.children:
            if each.tag in tags or not tags:
                yield each
            yield from each.all(*tags)


class Page(HTMLParser):
    """A page, read strictly: every element is closed, in the right order, and no attribute stands there twice."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(convert_charrefs=True)
        self.answer = answer
        self.root = Element("", {}, None)
        self._at = self.root
        self.feed(answer.text)
        self.close()
        assert self._at is self.root, f"<{self._at.tag}> is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        assert len(named) == len(attrs), f"<{tag}> has an attribute twice: {attrs}"
        element = Element(tag, named, self._at)
        self._at.children.append(element)
        if tag not in _VOID:
            self._at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._at.tag == tag, f"</{tag}> where <{self._at.tag}> is open"
        assert self._at.parent is not None
        self._at = self._at.parent

    def handle_data(self, data: str) -> None:
        self._at.own_text += data

    def all(self, *tags: str) -> list[Element]:
        return list(self.root.all(*tags))

    def one(self, tag: str) -> Element:
        (found,) = self.all(tag)
        return found

    @property
    def title(self) -> str:
        return self.one("title").text

    @property
    def heading(self) -> str:
        return self.one("h1").text

    @property
    def text(self) -> str:
        return self.one("body").text

    @property
    def problems(self) -> list[str]:
        """What the summary says is wrong."""
        (summary,) = [each for each in self.all("div") if each.get("role") == "alert"] or [Element("", {}, None)]
        return [each.text for each in summary.all("li")]

    def form(self, action: str) -> Element:
        """The form that does something."""
        return next(form for form in self.all("form") if _fields(form).get("action") == action)

    def fields(self, action: str) -> dict[str, str]:
        """The fields of the form that does something, with their values."""
        return _fields(self.form(action))

    @property
    def actions(self) -> set[str]:
        """What the forms do."""
        return {fields["action"] for form in self.all("form") if "action" in (fields := _fields(form))}

    @property
    def links(self) -> dict[str, str]:
        return {each.text: each.get("href") for each in self.all("a")}

    @property
    def policy(self) -> dict[str, str]:
        """The policy of the page, by directive."""
        parts = (each.strip().partition(" ") for each in self.answer.headers["content-security-policy"].split(";"))
        return {name: value for name, _, value in parts}


def _fields(form: Element) -> dict[str, str]:
    return {each.get("name"): each.get("value") for each in form.all("input") if each.get("name")}


class Visitor(Browser):
    """A browser that goes from page to page by links and forms, and keeps its cookies."""

    def __init__(self, served: Served, address: str) -> None:
        super().__init__(served, address)
        self.jar: dict[str, str] = {}
        self.at = ""

    def arrive(self, application: Application, **parameters: Any) -> Page:
        """Come from an application."""
        return self.open(self.authorize(application, **parameters).location)

    def open(self, location: str) -> Page:
        """Open a page by its address, from the address of the last one."""
        return Page(self._follow(location))

    def submit(self, page: Page, action: str, **fields: str) -> Page:
        """Fill in a form, send it, and follow to the page that comes then."""
        answer = self.post_form(page, action, fields)
        assert answer.status == 303, answer.text
        return self.open(answer.location)

    def post_form(self, page: Page, action: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """Fill in a form, and send it; an empty header is none."""
        target = page.form(action).get("action")
        query = target.removeprefix("?")
        path = urlsplit(self.at).path
        sent = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": "null",
            "sec-fetch-site": "same-origin",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        body = urlencode({**page.fields(action), **fields}).encode()
        return self._send("POST", path, query, body, {name: value for name, value in sent.items() if value})

    def sign_on_at(self, page: Page, username: str = "ann", password: str = PASSWORD) -> Page:
        return self.submit(page, "usernamePassword.check", username=username, password=password)

    def _follow(self, location: str) -> Answer:
        if location.startswith("?"):
            location = urlsplit(self.at)._replace(query=location[1:]).geturl()
        self.at = location
        parts = urlsplit(location)
        return self.get(parts.path, dict(parse_qsl(parts.query)))

    def _send(self, method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = self.served.send(self.request(method, path, query, body, headers))
        for each in answer.set_cookies:
            name, _, value = each.partition(";")[0].partition("=")
            self.jar.pop(name, None)
            if value:
                self.jar[name] = value
        self.cookie = self.jar.get("ST")
        return answer

    def request(
        self, method: str, path: str, query: str = "", body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Request:
        request = super().request(method, path, query, body, headers)
        kept = {name: value for name, value in request.headers.items() if name != "cookie"}
        if self.jar:
            kept["cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        request.headers = kept
        return request


@pytest.fixture(scope="session")
def paged_database(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with an environment and a user, made once, and the environment's identifier."""
    path = tmp_path_factory.mktemp("pages") / "prepared.db"
    store = Store.open(f"sqlite:///{path}")
    made = Paged(store)
    made.configurations.close()
    store.close()
    return path, made.environment_id


@pytest.fixture
def paged(paged_database: tuple[Path, str], tmp_path: Path) -> Iterator[Paged]:
    """An environment with its hosted pages."""
    path, environment_id = paged_database
    shutil.copy(path, tmp_path / "gatepost.db")
    store = Store.open(f"sqlite:///{tmp_path / 'gatepost.db'}")
    made = Paged(store, environment_id)
    try:
        yield made
    finally:
        made.configurations.close()
        store.close()


@pytest.fixture
def app(paged: Paged) -> Application:
    """A web application."""
    return paged.application(name="Orders")


@pytest.fixture
def visitor(paged: Paged) -> Visitor:
    """A browser."""
    return paged.visitor()
