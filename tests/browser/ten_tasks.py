"""Ten everyday tasks on the sample clinic, as a user does them in the panel and in Swagger UI. Counts every action.

An action is a click, a key or a file chosen in the system's dialog. A chord such as Ctrl+Enter counts as two keys, a
double-click as two clicks, each character of a value as one key. What is typed is the same on both sides, except where
one asks for more of it, such as the braces of JSON. Looking and scrolling are free.

Swagger UI gets the benefit of the doubt: each value in its text is selected by one double-click.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

# How the workbench names its parts: selectors, accessible names, or a role and an accessible name.
ROUTE = '[role=option][data-key="{}"]'
SEND = ("button", "Send")
RESPONSE = ".ipyasgi-response"
CREDENTIALS = ("button", "Credentials: Not signed in")
USER = "Name for OAuth2PasswordBearer"
PASSWORD = "Password for OAuth2PasswordBearer"
SIGNED_IN = ("button", re.compile("^Credentials: ann@example.com"))
KIND = ("radiogroup", "Type of details")
SPECIES = ("group", "query parameter species")
FILE = "File for photo"
EXCEPTION = ".i-tab[data-tab=exception]"
EVENT = ".ipyasgi-log-text"
CANCEL = ("button", "Cancel")
CONNECT = ("button", "Connect")
ADDRESS = "[aria-label=WebSocket] code"
MESSAGE = "Message"


@dataclass(slots=True)
class Hands:
    """Clicks and types in a page, and counts."""

    page: Page
    actions: int = 0

    def click(self, target: Locator) -> None:
        """Click once."""
        target.click()
        self.actions += 1

    def press(self, chord: str) -> None:
        """Press a key, or several at once: ``Control+Enter``."""
        self.page.keyboard.press(chord)
        self.actions += len(chord.split("+"))

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self.page.keyboard.type(text)
        self.actions += len(text)

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus."""
        for _ in range(20):
            self.press("Tab")
            if target.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"Tab does not lead to {target}")

    def replace(self, target: Locator, text: str) -> None:
        """Type over what a field contains, after a double-click that selects it."""
        target.click()
        target.evaluate("field => field.select()")
        self.actions += 2
        self.write(text)

    def replace_part(self, area: Locator, old: str, new: str) -> None:
        """Type over a part of a text, after a double-click or a drag that selects it."""
        start = area.input_value().index(old)
        area.evaluate(
            "(area, [start, end]) => { area.focus(); area.setSelectionRange(start, end); }", [start, start + len(old)]
        )
        self.actions += 2
        self.write(new)

    def choose_file(self, button: Locator, path: Path) -> None:
        """Click a button that asks for a file, and choose the file."""
        with self.page.expect_file_chooser() as chooser:
            button.click()
        chooser.value.set_files(path)
        self.actions += 2


@dataclass(frozen=True, slots=True)
class Panel:
    """The workbench of the clinic in a notebook."""

    hands: Hands
    bench: Locator
    photo: Path

    def _open(self, key: str) -> None:
        self.hands.click(self.bench.locator(ROUTE.format(key)))

    def _field(self, label: str) -> Locator:
        return self.bench.get_by_label(label, exact=True).first

    def _part(self, role_and_name: tuple[str, str | re.Pattern[str]]) -> Locator:
        role, name = role_and_name
        return self.bench.get_by_role(role, name=name, exact=True).first

    def _write_into_first(self, label: str, text: str) -> None:
        """Type into the field that has the focus since the route was chosen."""
        expect(self._field(label)).to_be_focused()
        self.hands.write(text)

    def _send(self, status: str, sent: str) -> None:
        """Send, and wait for the response of what was sent."""
        self.hands.click(self._part(SEND))
        self.bench.locator(RESPONSE).filter(has_text=sent).filter(has_text=status).wait_for()

    def find_upload(self) -> None:
        self._open("POST /pets/{pet_id}/photo")
        self._field(FILE).wait_for()

    def register(self) -> None:
        self._open("POST /auth/register")
        self._write_into_first("email", "eve@example.com")
        self.hands.replace(self._field("name"), "Eve")
        self.hands.tab_to(self._field("password"))
        self.hands.write("long enough")
        self._send("201 Created", "POST /auth/register")

    def sign_in(self) -> None:
        self.hands.click(self._part(CREDENTIALS))
        self._write_into_first(USER, "ann@example.com")
        self.hands.tab_to(self._field(PASSWORD))
        self.hands.write("correct horse")
        self.hands.press("Enter")
        self._part(SIGNED_IN).wait_for()

    def create_dog(self) -> None:
        self._open("POST /pets")
        self._write_into_first("name", "Bello")
        self.hands.click(self._part(KIND).get_by_role("radio", name="dog"))
        self.hands.replace(self._field("weight_kg"), "12.5")
        self.hands.replace(self.bench.get_by_label("name", exact=True).last, "Eve")
        self._send("201 Created", "POST /pets")
        expect(self.bench.locator(RESPONSE)).to_contain_text("12.5")

    def list_cats(self) -> None:
        self._open("GET /pets")
        self.hands.click(self._part(SPECIES).get_by_role("button", name="cat"))
        self._send("200 OK", "GET /pets?species=cat")
        expect(self.bench.locator(RESPONSE)).not_to_contain_text("Rex")

    def upload(self) -> None:
        self._open("POST /pets/{pet_id}/photo")
        self._write_into_first("path value pet_id", "2")
        self.hands.choose_file(self._field(FILE), self.photo)
        self._send("201 Created", "POST /pets/2/photo")

    def provoke_422(self) -> None:
        self._open("POST /visits")
        self.hands.replace(self._field("reason"), "x")
        self._send("422", "POST /visits")
        self.bench.get_by_text("at least 3 characters").first.wait_for()

    def read_exception(self) -> None:
        self._open("GET /pets/{pet_id}/report")
        self._write_into_first("path value pet_id", "3")
        self._send("500", "GET /pets/3/report")
        exception = self.bench.locator(EXCEPTION)
        expect(exception).to_contain_text("ZeroDivisionError")
        self.hands.click(exception.locator("summary", has_text="locals").last)
        expect(exception).to_contain_text("costs")

    def follow_stream(self) -> None:
        self._open("GET /visits/live")
        self.hands.click(self._part(SEND))
        self.bench.locator(EVENT, has_text="blood sugar").first.wait_for()
        self.hands.click(self._part(CANCEL))

    def chat(self) -> None:
        self._open("WS /chat/{room}")
        self._write_into_first("path value room", "lobby")
        self.hands.replace(self._field("query parameter name"), "Eve")
        self.bench.locator(ADDRESS, has_text="name=Eve").wait_for()
        self.hands.click(self._part(CONNECT))
        self.bench.locator(EVENT, has_text="Eve has joined").first.wait_for()
        self.hands.click(self._field(MESSAGE))
        self.hands.write("hello")
        self.hands.press("Enter")
        self.bench.locator(EVENT, has_text="hello").first.wait_for()


@dataclass(frozen=True, slots=True)
class SwaggerUI:
    """FastAPI's page of the clinic."""

    hands: Hands
    photo: Path

    def _open(self, method: str, path: str) -> Locator:
        operation = self.hands.page.locator(f'.opblock-{method}:has([data-path="{path}"])')
        self.hands.click(operation.locator(".opblock-summary-control"))
        self.hands.click(operation.get_by_role("button", name="Try it out"))
        return operation

    def _execute(self, operation: Locator, status: str) -> None:
        self.hands.click(operation.get_by_role("button", name="Execute"))
        expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text(status)

    def _parameter(self, operation: Locator, name: str) -> Locator:
        return operation.locator(f'tr[data-param-name="{name}"]')

    def find_upload(self) -> None:
        operation = self._open("post", "/pets/{pet_id}/photo")
        operation.locator("input[type=file]").wait_for()
        # As it was, for the upload; not counted.
        operation.get_by_role("button", name="Cancel").click()
        operation.locator(".opblock-summary-control").click()

    def register(self) -> None:
        operation = self._open("post", "/auth/register")
        text = operation.locator("textarea")
        self.hands.replace_part(text, "bob@example.com", "eve@example.com")
        for name, value in (("name", "Eve"), ("password", "long enough")):
            self.hands.replace_part(text, _text_of(text, name), value)
        self._execute(operation, "201")

    def sign_in(self) -> None:
        page = self.hands.page
        self.hands.click(page.locator(".auth-wrapper > .authorize"))
        dialog = page.locator(".auth-container", has_text="OAuth2PasswordBearer")
        self.hands.click(dialog.locator("[id$=username]"))
        self.hands.write("ann@example.com")
        self.hands.press("Tab")
        self.hands.write("correct horse")
        self.hands.click(dialog.get_by_role("button", name="Apply given OAuth2 credentials"))
        dialog.get_by_text("Logout", exact=True).wait_for()
        self.hands.click(dialog.get_by_text("Close", exact=True))

    def create_dog(self) -> None:
        operation = self._open("post", "/pets")
        text = operation.locator("textarea")
        self.hands.replace_part(text, _text_of(text, "name"), "Bello")
        details = text.input_value().partition('"details": {')[2].partition("}")[0]
        self.hands.replace_part(text, details, '"kind": "dog", "weight_kg": 12.5')
        self.hands.replace_part(text, _text_of(text, "name", after='"owner"'), "Eve")
        self._execute(operation, "201")

    def list_cats(self) -> None:
        operation = self._open("get", "/pets")
        self._parameter(operation, "species").locator("select").select_option("cat")
        self.hands.actions += 1
        self._execute(operation, "200")

    def upload(self) -> None:
        operation = self._open("post", "/pets/{pet_id}/photo")
        self.hands.click(self._parameter(operation, "pet_id").locator("input"))
        self.hands.write("2")
        self.hands.choose_file(operation.locator("input[type=file]"), self.photo)
        self._execute(operation, "201")

    def provoke_422(self) -> None:
        operation = self._open("post", "/visits")
        text = operation.locator("textarea")
        self.hands.replace_part(text, _text_of(text, "reason"), "x")
        self._execute(operation, "422")
        expect(operation.locator(".live-responses-table")).to_contain_text("at least 3 characters")


def _text_of(area: Locator, name: str, *, after: str = "") -> str:
    """Return the text that a field has in the JSON of a text area, as an anchor that is found there once."""
    rest = area.input_value().partition(after)[2] if after else area.input_value()
    return rest.partition(f'"{name}": "')[2].partition('"')[0]


@dataclass(frozen=True, slots=True)
class Task:
    """What is done, and the method of `Panel` and of `SwaggerUI` that does it; False where Swagger UI cannot."""

    words: str
    method: str
    swagger: bool = True

    def run(self, side: Panel | SwaggerUI) -> int:
        """Do it, and return the number of actions."""
        before = side.hands.actions
        step: Callable[[], None] = getattr(side, self.method)
        step()
        return side.hands.actions - before


# In this order: who creates a pet has signed in before.
TASKS = (
    Task("Find the endpoint for a photo upload, ready to be filled", "find_upload"),
    Task("Register", "register"),
    Task("Sign in", "sign_in"),
    Task("Create a pet: a dog with its weight and its owner", "create_dog"),
    Task("List the cats", "list_cats"),
    Task("Upload a photo", "upload"),
    Task("Provoke and read a 422", "provoke_422"),
    Task("Read the exception of a 500 with its local variables", "read_exception", swagger=False),
    Task("Follow a stream of server-sent events while it comes, and end it", "follow_stream", swagger=False),
    Task("Say hello in a chat over a WebSocket", "chat", swagger=False),
)
