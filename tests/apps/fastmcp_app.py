"""A server of the Model Context Protocol with one tool, over streamable HTTP without sessions."""

from fastmcp import FastMCP

server = FastMCP("shop")


@server.tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


app = server.http_app(stateless_http=True, json_response=True)
ACCEPT = "Accept:application/json,text/event-stream"
CALL = '{"jsonrpc": "2.0", "id": 1, "method": "%s", "params": %s}'
ADD = '{"name": "add", "arguments": {"a": 1, "b": 2}}'
REQUESTS = (
    f"POST /mcp {ACCEPT} {CALL % ('tools/list', '{}')}",
    f"POST /mcp {ACCEPT} {CALL % ('tools/call', ADD)}",
    f"POST /mcp {ACCEPT} {CALL % ('nope', '{}')}",
    "POST /mcp {}",
    "GET /nope",
)
ROUTES = ()
