"""Default headers and cookies from the magic."""


def test_default_headers_and_cookies(shell):
    """What is set goes with every request until it is taken away; secrets are masked where it is shown."""
    shell.run("%asgi app")
    headers = shell.run("%asgi headers X-Tenant:acme Authorization:'Bearer s3cret'")
    cookies = shell.run("%asgi cookies sid=s3cret")

    assert "s3cret" not in str(shell.shown(headers)) + str(shell.shown(cookies))
    sent = shell.run("%asgi GET /items X-Other:1").request
    assert (sent.headers["x-tenant"], sent.headers["cookie"]) == ("acme", "sid=s3cret")
    shell.run("%asgi headers X-Tenant:\n%asgi cookies sid=")
    sent = shell.run("%asgi GET /items").request
    assert "x-tenant" not in sent.headers
    assert "cookie" not in sent.headers
