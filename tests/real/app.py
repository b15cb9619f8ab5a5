"""A WSGI application of the standard library alone, for tests/real.sh.

It knows nothing of the gateway: what it shows is what any WSGI application
sees behind a web server.
"""

import hashlib
import time
from http.cookies import SimpleCookie
from urllib.parse import parse_qs


def text(start_response, lines, status="200 OK", headers=()):
    body = "".join(line + "\n" for line in lines).encode("utf-8")
    start_response(status, [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
    ] + list(headers))
    return [body]


def show(environ, start_response):
    names = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING",
             "SERVER_PROTOCOL", "SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR",
             "HTTP_HOST", "HTTP_X_TEST", "REDIRECT_URL", "wsgi.url_scheme")
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8")
    return text(start_response,
                ["%s=%s" % (n, environ.get(n, "-")) for n in names] +
                ["path=" + path])


def form(environ, start_response):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    fields = parse_qs(environ["wsgi.input"].read(length).decode("utf-8"))
    return text(start_response,
                ["%s=%s" % (k, "|".join(v)) for k, v in sorted(fields.items())])


def upload(environ, start_response):
    left = int(environ.get("CONTENT_LENGTH") or 0)
    size, digest = 0, hashlib.sha256()
    while left > 0:
        piece = environ["wsgi.input"].read(min(left, 65536))
        if not piece:
            break
        left -= len(piece)
        size += len(piece)
        digest.update(piece)
    return text(start_response, ["%d %s" % (size, digest.hexdigest())])


def download(environ, start_response):
    size = int(parse_qs(environ["QUERY_STRING"])["n"][0])
    block = bytes(range(251)) * 256
    body = (block * (size // len(block) + 1))[:size]
    start_response("200 OK", [
        ("Content-Type", "application/octet-stream"),
        ("Content-Length", str(size)),
        ("X-Sha256", hashlib.sha256(body).hexdigest()),
    ])
    return [body]


def cookie(environ, start_response):
    jar = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    count = int(jar["count"].value) + 1 if "count" in jar else 1
    return text(start_response, ["count %d" % count], headers=[
        ("Set-Cookie", "count=%d; Path=/" % count),
        ("Set-Cookie", "other=x; Path=/; HttpOnly"),
    ])


def stream(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/event-stream")])

    def lines():
        for i in range(3):
            if i > 0:
                time.sleep(0.4)
            yield b"data: %d\n\n" % i
    return lines()


def redirect(environ, start_response):
    start_response("302 Found", [("Location", "http://localhost/elsewhere")])
    return []


def internal(environ, start_response):
    """WSGI always sends a status; 200 and a local path is internal."""
    start_response("200 OK", [("Location", "/show?from=internal")])
    return []


def missing(environ, start_response):
    return text(start_response, ["nothing at " + environ["PATH_INFO"]],
                status="404 Not Found")


def application(environ, start_response):
    name = environ["PATH_INFO"].strip("/").split("/")[0]
    page = {
        "show": show, "form": form, "upload": upload, "download": download,
        "cookie": cookie, "stream": stream, "redirect": redirect,
        "internal": internal,
    }.get(name, missing)
    return page(environ, start_response)
