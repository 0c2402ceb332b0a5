"""The chat of the waiting room, over WebSockets."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from ..live import CurrentRooms

router = APIRouter()


@router.websocket("/chat/{room}")
async def chat(
    websocket: WebSocket, room: str, name: Annotated[str, Query(min_length=1, max_length=40)], rooms: CurrentRooms
) -> None:
    """Talk to everyone in a room: send a text, receive JSON with `name`, `text` and `at`."""
    await websocket.accept()
    with rooms.join(room, websocket):
        await rooms.send(room, build_message("clinic", f"{name} has joined"))
        try:
            while True:
                await rooms.send(room, build_message(name, await websocket.receive_text()))
        except WebSocketDisconnect:
            pass
    await rooms.send(room, build_message("clinic", f"{name} has left"))


def build_message(name: str, text: str) -> dict[str, Any]:
    """Return a message as it is sent to everyone."""
    return {"name": name, "text": text, "at": datetime.now(UTC).isoformat(timespec="seconds")}
