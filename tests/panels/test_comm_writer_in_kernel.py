"""The comm writer in a real ipykernel: messages while a cell runs, and callbacks on either kind of thread."""

import os
import queue
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(120)]

PYTHONS = os.environ.get("IPYASGI_KERNEL_PYTHONS", sys.executable).split(":")

SET_UP = """
import asyncio, threading, time
import ipywidgets
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.panels.websocket_console import ConsolePage
from ipyasgi.panels.comm_writer import CommWriter, free_replies

display_loop, app_loop = BackgroundLoop(name="display"), BackgroundLoop(name="app")
writer = CommWriter(display_loop)
log = ConsolePage()
queue = writer.attach(log)

async def feed(count, per_s):
    began = time.monotonic()
    for number in range(1, count + 1):
        queue.put({"kind": "send", "text": str(number)})
        while (ahead_s := began + number / per_s - time.monotonic()) > 0:
            await asyncio.sleep(ahead_s)

def answer(name):
    return lambda *_: queue.put({"kind": "receive", "text": f"{name} on {threading.current_thread().name}"})

pinned, freed = ipywidgets.Button(), ipywidgets.Button()
pinned.on_click(answer("pinned"))
freed.on_click(answer("freed"))
free_replies(freed)
"""


@pytest.fixture(scope="module", params=PYTHONS)
def kernel(request: pytest.FixtureRequest) -> Iterator[BlockingKernelClient]:
    """Run one kernel for this file, with a comm writer, a log and two buttons in it."""
    manager = KernelManager()
    command = [request.param, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager._kernel_spec = KernelSpec(argv=command, display_name="Python 3", language="python")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        reply = client.execute_interactive(SET_UP, timeout=60, output_hook=lambda _message: None)
        assert reply["content"]["status"] == "ok", reply["content"]
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def ask(kernel: BlockingKernelClient, expression: str) -> str:
    reply = kernel.execute_interactive(
        "", user_expressions={"it": expression}, timeout=30, output_hook=lambda _message: None
    )
    return str(reply["content"]["user_expressions"]["it"]["data"]["text/plain"]).strip("'")


def read_until(kernel: BlockingKernelClient, ends: Callable[[Any], bool], within_s: float = 20) -> list[Any]:
    """Return (seconds since the call, message) pairs of iopub, up to the one that ends it."""
    began, messages = time.monotonic(), []
    while True:
        try:
            message = kernel.get_iopub_msg(timeout=max(began + within_s - time.monotonic(), 0.01))
        except queue.Empty:
            pytest.fail(f"no such message within {within_s} s; got {[each['msg_type'] for _, each in messages]}")
        messages.append((time.monotonic() - began, message))
        if ends(message):
            return messages


def is_idle_after(msg_id: str) -> Callable[[Any], bool]:
    return lambda message: (
        message["msg_type"] == "status"
        and message["content"]["execution_state"] == "idle"
        and message["parent_header"].get("msg_id") == msg_id
    )


def painted(messages: list[Any]) -> list[Any]:
    """Return (seconds, content, parent's msg_id) of each message with rows."""
    return [
        (at_s, message["content"]["data"]["content"], message["parent_header"]["msg_id"])
        for at_s, message in messages
        if message["msg_type"] == "comm_msg" and message["content"]["data"].get("content", {}).get("paint") == "rows"
    ]


def test_rows_go_out_in_batches_while_a_cell_runs(kernel: BlockingKernelClient) -> None:
    """1,000 rows a second from the app's loop leave during time.sleep, whole, as ten messages a second."""
    cell = kernel.execute("job = app_loop.submit(feed, 2000, 1000); time.sleep(2.5)")
    messages = painted(read_until(kernel, is_idle_after(cell)))
    texts = [row["text"] for _, content, _ in messages for row in content["rows"]]
    assert texts == [str(number) for number in range(1, 2001)]
    assert len(messages) <= 30
    assert max(at_s for at_s, _, _ in messages) < 2.5
    # Every one is a consequence of the cell that attached the queue; ipykernel 6 knows only the one that runs.
    parents = {parent for _, _, parent in messages}
    assert len(parents) == 1
    if int(ask(kernel, "__import__('ipykernel').version_info[0]")) >= 7:
        assert cell not in parents
    assert ask(kernel, "list(queue.errors)") == "[]"


def clicked_while_busy(kernel: BlockingKernelClient, name: str, subshell_id: str | None) -> tuple[float, str]:
    """Click during a cell that sleeps 1.5 s; return when and where the callback ran."""
    model_id = ask(kernel, f"{name}.model_id")
    kernel.execute("time.sleep(1.5)")
    time.sleep(0.3)
    data = {"method": "custom", "content": {"event": "click"}}
    message = kernel.session.msg("comm_msg", {"comm_id": model_id, "data": data})
    message["header"]["subshell_id"] = subshell_id
    kernel.shell_channel.send(message)

    def answers(message: Any) -> bool:
        return any(row["text"].startswith(name) for _, content, _ in painted([(0, message)]) for row in content["rows"])

    messages = read_until(kernel, answers)
    return messages[-1][0], painted(messages)[-1][1]["rows"][-1]["text"]


def test_a_callback_on_the_main_thread_reaches_the_panel(kernel: BlockingKernelClient) -> None:
    """A click sent to the main shell waits for the cell, runs on the main thread, and what it puts is shown."""
    waited_s, text = clicked_while_busy(kernel, "pinned", None)
    assert text == "pinned on MainThread"
    assert waited_s > 1


def test_a_callback_on_a_subshell_s_thread_reaches_the_panel(kernel: BlockingKernelClient) -> None:
    """A click sent to a subshell is answered while the cell runs, since the widget's replies were freed."""
    info = kernel.kernel_info(reply=True, timeout=30)["content"]
    if "kernel subshells" not in info.get("supported_features", []):
        pytest.skip("this ipykernel has no subshells")
    request = kernel.session.msg("create_subshell_request")
    kernel.control_channel.send(request)
    subshell_id = kernel.get_control_msg(timeout=10)["content"]["subshell_id"]
    waited_s, text = clicked_while_busy(kernel, "freed", subshell_id)
    assert text.startswith("freed on subshell-")
    assert waited_s < 1
