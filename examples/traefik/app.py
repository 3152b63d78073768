"""An application behind the proxy: it answers with what the gate says of its caller."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Trusts the three headers, since only the proxy can reach it, and the gate sets every one of them."""

    def do_GET(self) -> None:
        """Answer, whatever the path."""
        names = ("X-User", "X-Scopes", "X-Role")
        body = "".join(f"{name}: {self.headers.get(name, '')}\n" for name in names).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_GET


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", 9000), Handler).serve_forever()
