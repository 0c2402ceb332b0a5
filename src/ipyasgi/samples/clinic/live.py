"""What connects the clients of one life of the app: the feed of the live stream, and the rooms of the chat."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

from fastapi import Depends, WebSocket, WebSocketDisconnect
from fastapi.requests import HTTPConnection

from .schemas import VisitOut


class Feed:
    """Gives each visit that changes to everyone who listens."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[VisitOut]] = set()

    def __len__(self) -> int:
        return len(self._queues)

    def publish(self, visit: VisitOut) -> None:
        """Give a visit to everyone who listens now."""
        for queue in self._queues:
            queue.put_nowait(visit)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[VisitOut]]:
        """Return a queue of what is published from now on."""
        queue: asyncio.Queue[VisitOut] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.remove(queue)


class Rooms:
    """The WebSockets in each room of the chat."""

    def __init__(self) -> None:
        self._members: defaultdict[str, list[WebSocket]] = defaultdict(list)

    def count(self) -> dict[str, int]:
        """Return the number of people in each room."""
        return {room: len(members) for room, members in self._members.items()}

    @contextmanager
    def join(self, room: str, websocket: WebSocket) -> Iterator[None]:
        """Be in a room. An empty room is forgotten."""
        self._members[room].append(websocket)
        try:
            yield
        finally:
            self._members[room].remove(websocket)
            if not self._members[room]:
                del self._members[room]

    async def send(self, room: str, message: dict[str, Any]) -> None:
        """Send a message to everyone in a room."""
        for member in list(self._members.get(room, ())):
            with suppress(WebSocketDisconnect):  # it is about to leave
                await member.send_json(message)


def get_feed(connection: HTTPConnection) -> Feed:
    """Return the feed of this life of the app."""
    feed: Feed = connection.state.feed
    return feed


def get_rooms(connection: HTTPConnection) -> Rooms:
    """Return the rooms of this life of the app."""
    rooms: Rooms = connection.state.rooms
    return rooms


CurrentFeed = Annotated[Feed, Depends(get_feed)]
CurrentRooms = Annotated[Rooms, Depends(get_rooms)]
