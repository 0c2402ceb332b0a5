"""Litestar's layers: the route that its router has found, with its middleware, and the hooks around the handler."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...records.attributes import instance_dict
from ...records.attributes import slots_of as values_of_slots
from ...routes.route import about_endpoint
from ...routes.tables.litestar import function_of
from ..crossings import PartBoundary
from ..part_taps import Notes, ResponsePicture, changes_of, header_pairs, tap_part
from ..slots import Enter, ItemSlot, Part, Slot, untapped
from ..tracer import current_tracer

_MOST_ROUTES = 500
_HANDLER_HOOKS = {"before_request": "_resolved_before_request", "after_response": "_resolved_after_response"}


def slots_of_app(app: Any) -> Iterator[Slot]:
    """Yield the places of ``before_send``, which is called for each message of the response."""
    notes = Notes(accepts=_starts_response, before=_picture_message, after=_note_message)
    hooks = {**values_of_slots(app), **instance_dict(app)}["before_send"]
    for number, function in enumerate(hooks):
        yield ItemSlot(holder=hooks, name=number, **_hook(function, "before_send", notes, app))


def slots_of_router(router: Any) -> Iterator[Slot]:
    """Yield the place of the search: a tap is put only into the route that it finds, for there may be thousands."""
    yield Slot(holder=router, name="handle_routing", wrap=_wrap_search)


def slots_of_handler(handler: Any) -> Iterator[Slot]:
    """Yield the places of the hooks around a handler, which Litestar looks up at the first request."""
    for hook, attribute in _HANDLER_HOOKS.items():
        function = getattr(handler, f"resolve_{hook}")()
        if function is not None:
            notes = Notes(after=_note_before) if hook == "before_request" else Notes()
            yield Slot(holder=handler, name=attribute, **_hook(function, hook, notes))
    for is_response in (False, True):
        respond = handler.get_response_handler(is_response_type_data=is_response)
        names = respond.__code__.co_freevars
        cell = respond.__closure__[names.index("after_request")] if "after_request" in names else None
        if cell is not None and cell.cell_contents is not None:
            notes = Notes(before=_picture_argument, after=_note_after)
            yield Slot(holder=cell, name="cell_contents", **_hook(cell.cell_contents, "after_request", notes))


def apps_of_router(router: Any) -> Iterator[tuple[Any, str]]:
    """Yield the app of each route, with its path; without Litestar's own, such as those for OPTIONS."""
    waiting = [values_of_slots(router)["root_route_map_node"]]
    for _ in range(_MOST_ROUTES):
        if not waiting:
            return
        node = waiting.pop()
        for held in node.asgi_handlers.values():
            if not about_endpoint(function_of(held.handler))["package"]:
                yield held.asgi_app, node.path_template or "/"
        waiting += reversed(node.children.values())


def _wrap_search(search: Any, enter: Enter) -> Any:
    """Return a search whose result has a tap for the app of the route."""

    def handle_routing(*args: Any, **kwargs: Any) -> Any:
        found = search(*args, **kwargs)
        if current_tracer() is None:
            return found
        try:
            enter(found[1])  # the handler's hooks
            return (enter(found[0]), *found[1:])
        except Exception:  # another version of Litestar
            return found

    for name in ("cache_clear", "cache_info", "cache_parameters"):
        setattr(handle_routing, name, getattr(search, name, None))
    return handle_routing


def _hook(held: Any, hook: str, notes: Notes, inside: Any = None) -> dict[str, Any]:
    """Return what a slot of a hook is made with; Litestar puts a ``def`` into an object that awaits a thread."""
    function = untapped(held)
    part = Part(function=instance_dict(function).get("func", function), hook=hook, inside=inside)
    return {"wrap": lambda before, enter: tap_part(part, before, notes, awaited=True), "parts": (part,)}


# -- what is noted -------------------------------------------------------------------------------------------------


def _note_before(step: PartBoundary, before: object, args: tuple[Any, ...], result: Any) -> None:
    step.responded = bool(result)


def _starts_response(args: tuple[Any, ...]) -> bool:
    return bool(args[0]["type"] == "http.response.start")


def _picture_message(step: PartBoundary, args: tuple[Any, ...]) -> ResponsePicture:
    return ResponsePicture(status=args[0]["status"], headers=tuple(map(tuple, args[0]["headers"])))


def _note_message(step: PartBoundary, before: ResponsePicture, args: tuple[Any, ...], result: object) -> None:
    step.changed = changes_of(before, _picture_message(step, args))


def _picture_argument(step: PartBoundary, args: tuple[Any, ...]) -> ResponsePicture:
    return _picture(args[0])


def _note_after(step: PartBoundary, before: ResponsePicture, args: tuple[Any, ...], result: Any) -> None:
    step.changed = changes_of(before, _picture(result))


def _picture(response: Any) -> ResponsePicture:
    """Return the status and headers of a response of Litestar's, before or after it was made an ASGI app."""
    held = {**values_of_slots(response), **instance_dict(response)}
    status, headers, encoded = held.get("status_code"), held.get("headers"), held.get("encoded_headers")
    if encoded is not None:
        pairs = [(bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in encoded]
    else:
        pairs = [*headers.items()] if type(headers) is dict else []
        pairs += [("set-cookie", str(one.key)) for one in held.get("cookies") or ()]
    return ResponsePicture(status=status if type(status) is int else None, headers=header_pairs(pairs))
