from playwright.sync_api import expect
CELL = '''
import ipyasgi
class Route:
    def __init__(self, method, path, name):
        self.methods, self.path, self.name, self.endpoint = (method,), path, name, None
class App:
    routes = [Route("GET", "/a/very/long/path/that/goes/on/and/on/{organisation_identifier_number}/members/{member_identifier}/settings/{setting}", "a_handler_with_a_very_long_name_indeed_it_is_long"),
              Route("POST", "/عربي/{رقم}", "עברית")] + [Route("GET", f"/route/{n}", f"r{n}") for n in range(1000)]
    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            print("opening the database")
            raise OSError("no database at db.example:5432")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b'{"ok": true}'})
explorer = ipyasgi.Explorer(App(), name="an application with a long name")
'''
def test_shots(run_notebook, lab_page, theme, shot, open_notebook):
    nb = run_notebook(CELL, "ipyasgi.LifespanStepper(explorer)", "ipyasgi.RequestBuilder(explorer)")
    lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    nb.locator(".ipyasgi-form").wait_for()
    nb.locator(".ipyasgi-bar").get_by_role("button", name="start", exact=True).click()
    nb.locator(".ipyasgi-notice").first.wait_for()
    nb.locator(".ipyasgi-notice summary").first.click()
    nb.locator(".ipyasgi-bar").scroll_into_view_if_needed()
    for name in ("dark", "light"):
        theme(name); shot(f"x-stepper-{name}")
    nb.locator(".ipyasgi-bar").get_by_role("button", name="step", exact=True).click()
    lab_page.wait_for_timeout(800)
    shot("x-stepper-held")
    import time
    path = nb.page.get_by_role("combobox", name="path")
    path.scroll_into_view_if_needed()
    t = time.monotonic(); path.click(); nb.locator("[role=option]").first.wait_for(); print("open", time.monotonic() - t)
    t = time.monotonic(); path.fill("route/99"); print("filter", time.monotonic() - t)
    path.fill(""); shot("x-routes")
    lab_page.set_viewport_size({"width": 600, "height": 900})
    path.fill("עברית"); path.press("Enter"); shot("x-rtl")
    path.fill("long"); path.press("Enter"); lab_page.wait_for_timeout(300); shot("x-long")
    lab_page.set_viewport_size({"width": 1200, "height": 900})

def test_steps(run_notebook, lab_page, theme, shot):
    nb = run_notebook("import ipyasgi\nfrom ipyasgi.samples.shop import app\nexplorer = ipyasgi.Explorer(app, name='shop')", "explorer.panel()")
    nb.locator(".ipyasgi-form").wait_for()
    nb.locator(".jupyter-widget-Collapse-header").click()
    nb.locator(".ipyasgi-bar").get_by_role("button", name="step", exact=True).click()
    lab_page.wait_for_timeout(800)
    for name in ("dark", "light"):
        theme(name); shot(f"x-bench-steps-{name}")
