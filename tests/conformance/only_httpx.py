"""A pytest plugin for somebody else's suite: whoever imports httpx2 gets httpx, the tests and the stock client too."""

import sys

import httpx

sys.modules["httpx2"] = httpx
