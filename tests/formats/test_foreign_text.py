"""Foreign text: its encoding and its format."""

import contextlib

import pytest

from ipyasgi import import_requests
from ipyasgi.errors import RequestError
from ipyasgi.formats.foreign_text import decode, format_of

TEXT = "POST /caf\u00e9\nX-A: \u00fc\n\nb\u00f6dy"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_in_any_usual_encoding(tmp_path, encoding, line_end):
    """Bytes and files are the same request, whatever encoding and line ends their editor uses."""
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.replace("\n", line_end).encode(encoding))

    for given in (path, path.read_bytes()):
        (spec,) = import_requests(given).specs
        assert (spec.method, spec.path, spec.headers) == ("POST", "/caf\u00e9", ((b"x-a", b"\xfc"),))
        assert spec.body == "b\u00f6dy".encode()


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\x00\x08\xff", bytes(range(256)), bytes(64)]
)
def test_bytes_that_are_not_text(content):
    """They are an error that shows how they begin."""
    with pytest.raises(RequestError, match="this is not text"):
        decode(content)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET /a", "http"),
        ("# one\n@a = 1\nGET /a", "http"),
        ("### one\ncurl http://localhost/a", "http"),
        ("{{host}}/a", "http"),
        ("\ufeff {}", "har"),
        ("[]", "har"),
        ("curl http://localhost/a", "curl"),
        ("#!/bin/sh\n\n# one\n$ /usr/bin/curl http://localhost/a", "curl"),
        ("printf '%s' \"$A\" | curl --data-binary @- http://localhost/a", "curl"),
        ("echo '{}' | \\\n  curl -d @- http://localhost/a", "curl"),
        ("A=1\ncurl http://localhost/a", "curl"),
    ],
)
def test_the_format_of_a_text(text, expected):
    """The first line that is not a comment decides."""
    assert format_of(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n\ufeff", "is empty"),
        ("wget http://localhost/a", "a wget command"),
        ("sudo curl http://localhost/a", "leave sudo out"),
        ("http POST localhost:8000/a x=1", "an HTTPie command"),
        ("curlie http://localhost/a", "write curl instead"),
        ("Invoke-WebRequest -Uri 'http://localhost/a'", "as cURL"),
        ("$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession", "as cURL"),
        ('fetch("http://localhost/a", {});', "as cURL"),
        ('await fetch("http://localhost/a");', "as cURL"),
        ("import httpx\n\nhttpx.get('/')", "Python code"),
        ("%asgi GET /a", "run it as it is"),
        ("<!doctype html>\n<p>", "HTML"),
        ("<?xml version='1.0'?>", "HTML or XML"),
        ("openapi: 3.1.0\ninfo: {}", "an OpenAPI document"),
        ("### one\nwget http://localhost/a", "a wget command"),
        ("hello world", "is not a request"),
        ("hello", "is not a request"),
        ("printf 'a' | nc localhost 80", "is not a request"),
        ('{"openapi": "3.1.0"}', "an OpenAPI document"),
        ('{"swagger": "2.0"}', "an OpenAPI document"),
        ('{"info": {"schema": "https://schema.getpostman.com/x"}, "item": []}', "a Postman collection"),
        ('{"_type": "export", "resources": []}', "an Insomnia export"),
        ('{"nbformat": 4, "cells": []}', "a notebook"),
        ("{broken", "not a HAR"),
        ("[]", "not a HAR"),
    ],
)
def test_other_texts_are_errors(text, message):
    """They are never read as a request; the error says what the text is or what can be read."""
    with pytest.raises(RequestError, match=message):
        import_requests(text)


@pytest.mark.parametrize(
    "text", ["#\n" * 300_000, " " * 500_000, "printf |" * 100_000, "A=1\n" * 200_000, "(" * 500_000]
)
def test_recognition_takes_no_long_time(text):
    """Whatever is repeated, it takes time in proportion to it."""
    with contextlib.suppress(RequestError):
        format_of(text)
