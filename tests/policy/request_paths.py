"""Spellings of paths that are meant to reach another resource than the rule that lets them through."""

from typing import NamedTuple


class Trick(NamedTuple):
    """One spelling of `/admin/users` or of something near it, and what it tries."""

    path: str
    what: str


TRICKS = [
    # escapes of separators
    Trick("/admin%2Fusers", "escaped slash"),
    Trick("/admin%2fusers", "escaped slash, small letters"),
    Trick("/public%2F..%2Fadmin%2Fusers", "escaped slashes and dots"),
    Trick("/admin%5Cusers", "escaped backslash"),
    Trick("/public%5c..%5cadmin", "escaped backslashes and dots"),
    Trick("/admin%3Fx", "escaped question mark"),
    Trick("/admin%23x", "escaped number sign"),
    Trick("/admin\\users", "backslash"),
    Trick("/public\\..\\admin\\users", "backslashes and dots"),
    # double escapes
    Trick("/admin%252Fusers", "slash escaped twice"),
    Trick("/%2561dmin/users", "letter escaped twice"),
    Trick("/public/%252e%252e/admin", "dots escaped twice"),
    Trick("/admin%25", "escaped percent sign"),
    Trick("/admin%", "percent sign alone"),
    Trick("/admin%2", "half an escape"),
    Trick("/admin%zz", "escape without digits"),
    Trick("/admin%u002Fusers", "escape of IIS"),
    # dot segments
    Trick("/public/../admin/users", "dot-dot segment"),
    Trick("/public/./../admin", "dot and dot-dot"),
    Trick("/./admin/users", "dot segment"),
    Trick("/admin/.", "dot at the end"),
    Trick("/admin/..", "dot-dot at the end"),
    Trick("/admin/../", "dot-dot and slash at the end"),
    Trick("/public/%2e%2e/admin", "escaped dots"),
    Trick("/public/%2E%2E/admin", "escaped dots, capitals"),
    Trick("/public/.%2e/admin", "one dot escaped"),
    Trick("/public/%2e./admin", "the other dot escaped"),
    Trick("/%2e/admin", "escaped dot"),
    Trick("/..", "above the root"),
    Trick("/../../admin", "far above the root"),
    # empty segments
    Trick("//admin/users", "two slashes in front"),
    Trick("/admin//users", "two slashes"),
    Trick("/admin///users", "three slashes"),
    Trick("/admin/users//", "two slashes at the end"),
    Trick("//", "nothing but slashes"),
    Trick("///", "nothing but three slashes"),
    Trick("//evil.example/admin", "network path"),
    # path parameters
    Trick("/admin;/users", "empty path parameter"),
    Trick("/admin;x/users", "path parameter"),
    Trick("/admin/users;jsessionid=1", "path parameter at the end"),
    Trick("/public/..;/admin", "dot-dot with a path parameter, as Tomcat reads it"),
    Trick("/public/..;x=y/admin", "dot-dot with a named path parameter"),
    Trick("/;/admin", "path parameter alone"),
    Trick("/admin%3Bx", "escaped path parameter"),
    Trick("/admin%3busers", "escaped semicolon, small letters"),
    # characters that cut, split or vanish
    Trick("/admin%00", "escaped NUL"),
    Trick("/admin%00.html", "NUL before an ending"),
    Trick("/admin\0", "NUL"),
    Trick("/admin%0a", "escaped line feed"),
    Trick("/admin%0d%0aX-User:%20root", "header injection"),
    Trick("/admin\n", "line feed"),
    Trick("/admin\r\n", "line break"),
    Trick("/admin%09", "escaped tabulator"),
    Trick("/admin\t", "tabulator"),
    Trick("/admin%7f", "escaped delete"),
    Trick("/admin%1b[2J", "escape sequence"),
    Trick("/admin users", "blank"),
    Trick("/admin#users", "fragment"),
    Trick("/admin<users>", "brackets"),
    Trick('/admin"users', "quote"),
    Trick("/admin|users", "bar"),
    Trick("/admin^users", "caret"),
    Trick("/admin`users", "backquote"),
    Trick("/{admin}", "braces"),
    Trick("/[admin]", "square brackets"),
    # UTF-8
    Trick("/%c0%afadmin", "overlong slash in two octets"),
    Trick("/%e0%80%afadmin", "overlong slash in three octets"),
    Trick("/%f0%80%80%afadmin", "overlong slash in four octets"),
    Trick("/public/%c0%ae%c0%ae/admin", "overlong dots"),
    Trick("/%c1%a1dmin", "overlong letter"),
    Trick("/%c0%80", "overlong NUL, as Java writes it"),
    Trick("/%ed%a0%80", "half of a surrogate pair"),
    Trick("/%f4%90%80%80", "beyond Unicode"),
    Trick("/%ff", "never an octet of UTF-8"),
    Trick("/%e4dmin", "Latin-1"),
    Trick("/ädmin", "letter that is not escaped"),
    Trick("/\udce4dmin", "octet that was smuggled through a decoder"),
    # letters that become signs when a server normalises them
    Trick("/admin%EF%BC%8Fusers", "fullwidth slash"),
    Trick("/admin%EF%BC%BCusers", "fullwidth backslash"),
    Trick("/admin%EF%BC%9Bx", "fullwidth semicolon"),
    Trick("/public/%EF%BC%8E%EF%BC%8E/admin", "fullwidth dots"),
    Trick("/public/%E2%80%A5/admin", "two dots in one letter"),
    Trick("/public/%E2%80%A4%E2%80%A4/admin", "dot leaders"),
    Trick("/admin%EF%BC%85", "fullwidth percent sign"),
    Trick("/admin%EF%BC%9Fx", "fullwidth question mark"),
    Trick("/admin%E2%84%80", "letters with a slash in them"),
    Trick("/admin%C2%85", "next line"),
    Trick("/admin%E2%80%A8", "line separator"),
    # forms of the target that are no path
    Trick("", "nothing"),
    Trick("*", "asterisk"),
    Trick("admin/users", "no slash in front"),
    Trick("http://api.example/admin", "absolute form"),
    Trick("api.example:443", "authority form"),
    Trick(" /admin", "blank in front"),
    Trick("/" + "a" * 8192, "too long"),
]
"""Refused for their form, whatever the routes are."""

OTHER_SPELLINGS = [
    Trick("/Admin/users", "capital"),
    Trick("/ADMIN/USERS", "capitals"),
    Trick("/admin/Users", "capital in the second segment"),
    Trick("/%41dmin/users", "escaped capital"),
    Trick("/admin/u%C5%BFers", "long s, which is an s without case"),
    Trick("/admin/user%EF%BD%93", "fullwidth letter"),
    Trick("/%EF%BD%81%EF%BD%84%EF%BD%8D%EF%BD%89%EF%BD%8E/users", "fullwidth letters"),
]
"""Spellings that only some servers take for `/admin/users`: no route at all."""

SAME_SPELLINGS = [
    Trick("/admin/users", "as it is"),
    Trick("/admin/users/", "one slash at the end"),
    Trick("/%61dmin/users", "escaped letter"),
    Trick("/%61%64%6d%69%6e/%75%73%65%72%73", "all escaped"),
    Trick("/%61%64%6D%69%6E/%75sers/", "escaped, with capitals among the digits"),
    Trick("/admin/users?x=/../public", "query"),
    Trick("/admin/users?", "empty query"),
    Trick("/admin/users?%2F;..", "query that would be no path"),
]
"""Spellings that every server takes for `/admin/users`, and that are under its rule."""

HARMLESS = [
    ("/", ()),
    ("/a", ("a",)),
    ("/a/", ("a",)),
    ("/a/b", ("a", "b")),
    ("/a.b/..c/d..", ("a.b", "..c", "d..")),
    ("/...", ("...",)),
    ("/~user/@me/a:b/c=d/e,f/g+h/i!/$j/(k)/*l/'m/n&o", None),
    ("/caf%C3%A9", ("café",)),
    ("/%E2%82%AC/%F0%9F%98%80", ("€", "😀")),
    ("/a%20b", ("a b",)),
    ("/a%2Eb", ("a.b",)),
    ("/%7Eme", ("~me",)),
    ("/" + "a" * 8191, ("a" * 8191,)),
]
"""Paths that mean one thing everywhere, with their segments; `None` for those as they stand."""
