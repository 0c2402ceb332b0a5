"""Moves a stream through the client, and prints how far the process's memory rose meanwhile. Run in one of its own.

python passing_through.py response|request asyncio|trio SIZE_MIB
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from ipyasgi.testclient import TestClient

CHUNK_BYTES = 64 * 1024
LIMIT_BYTES = 1024**3


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Send the number of chunks in the path; or count the bytes of the body, and send the number."""
    counted, more = 0, True
    while more:
        message = await receive()
        counted += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["method"] == "GET":
        for _ in range(int(scope["path"][1:])):
            await send({"type": "http.response.body", "body": bytes(CHUNK_BYTES), "more_body": True})
    await send({"type": "http.response.body", "body": str(counted).encode() if scope["method"] == "POST" else b""})


def download(client: TestClient, chunks: int) -> int:
    """Read a streamed response, with a pause in which the app could run ahead; return its bytes."""
    with client.stream("GET", f"/{chunks}") as response:
        body = response.iter_raw()
        first = len(next(body))
        time.sleep(0.5)
        return first + sum(map(len, body))


def upload(client: TestClient, chunks: int) -> int:
    """Send a body from a generator; return the bytes that the app counted."""
    return int(client.post("/", content=(bytes(CHUNK_BYTES) for _ in range(chunks))).content)


def peak_bytes() -> int:
    """Return the most memory this process ever held."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux includes the process that started this one
        return int(status.read_text(encoding="utf-8").partition("VmHWM:")[2].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main(way: str, backend: Any, size_mib: int) -> None:
    """Measure and print."""
    # A body that is kept after all fails here, not on a machine without memory.
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    move = {"response": download, "request": upload}[way]
    with TestClient(app, backend=backend, lifespan="off") as client:
        move(client, 16)  # what is imported and opened once
        before, began = peak_bytes(), time.perf_counter()
        moved = move(client, size_mib * 16)
        print(
            json.dumps(
                {
                    "moved_bytes": moved,
                    "risen_bytes": peak_bytes() - before,
                    "seconds": time.perf_counter() - began,
                }
            )
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
