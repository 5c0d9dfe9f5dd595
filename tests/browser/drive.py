"""Opens the pages in Chromium and tries what people do with them.

drive.py CHROMIUM FOLDER prints one line of JSON: each fact, and what was seen where it does not hold.
"""

import json
import os
import re
import sys
import time
import traceback
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import sync_playwright

CHROMIUM, FOLDER = sys.argv[1], Path(sys.argv[2])
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PAGES = ["demo", "all", "accepted", "empty", "healthy", "broken", "hostile", "large"]
FACTS = []
# What the pages said in the console, what they asked for and what their policy refused.
TROUBLE = []


def fact(function):
    FACTS.append(function)
    return function


class Browser:
    def __init__(self, browser):
        self.browser = browser

    def open(self, name, fragment="", quiet=False, **options):
        """A page in a context of its own; everything that it does wrong is kept."""
        settings = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        context = self.browser.new_context(**settings)
        context.set_default_timeout(20_000)
        address = (FOLDER / f"{name}.html").as_uri()

        def route(route):
            asked = route.request.url
            if asked.split("#")[0] == address:
                return route.continue_()
            TROUBLE.append(f"{name} asks for {asked}")
            return route.abort()

        context.route("**/*", route)
        page = context.new_page()
        page.on("request", lambda it: it.url.split("#")[0] == address or TROUBLE.append(f"{name} asks for {it.url}"))
        page.on("pageerror", lambda it: TROUBLE.append(f"{name}: {it}"))
        if not quiet:
            page.on("console", lambda it: TROUBLE.append(f"{name} {it.type}: {it.text}"))
        page.goto(address + fragment)
        return page


def findings(page):
    """The rows that are seen: status, severity, rule, part."""
    return page.evaluate(
        """() => [...document.querySelectorAll("#parts .f")].map((row) => ({
            status: row.classList[1], severity: row.querySelector(".sev")?.textContent,
            rule: row.querySelector(".head a, .head b:last-child")?.textContent,
            part: row.closest(".part").querySelector("h3 bdi").textContent, text: row.textContent }))"""
    )


def shown(page):
    """`n of m` of the live region."""
    numbers = re.match(r"([\d,]+) of ([\d,]+)", page.inner_text("#shown"))
    return tuple(int(number.replace(",", "")) for number in numbers.groups())


def report(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def tick(page, name, value):
    page.locator(f"#filters [name={name}][value={value}]").check(force=True)


def equal(seen, wanted, what=""):
    assert seen == wanted, f"{what}: {seen!r}, wanted {wanted!r}"


@fact
def no_page_asks_for_anything_or_complains(browser):
    for name in PAGES:
        page = browser.open(name)
        page.evaluate("document.addEventListener('securitypolicyviolation', (it) => console.warn('refused ' + it.blockedURI))")
        page.wait_for_timeout(100)
        page.context.close()


@fact
def the_search_finds_by_words(browser):
    page = browser.open("demo")
    page.fill("#q", "RECOVERY off")
    page.wait_for_url("**#q=*")
    rows = findings(page)
    assert rows and all("off" in row["text"] for row in rows), rows
    assert any(row["rule"] == "pitr-on" for row in rows), rows
    equal(shown(page)[0], len(rows), "the live region")
    # What stands in a repair is found too, and what is nowhere is said to be nowhere.
    page.fill("#q", "update-continuous-backups")
    page.wait_for_url("**#q=update*")
    assert findings(page), "the text of a repair"
    page.fill("#q", "no-such-word")
    page.wait_for_url("**#q=no-such-word")
    equal(findings(page), [])
    assert "nothing fits" in page.inner_text("#shown")
    page.click("#clear")
    page.wait_for_url("**#all")
    equal(len(findings(page)), len(report("demo")["results"]), "all again")


@fact
def each_filter_shows_its_findings_and_no_others(browser):
    results = report("demo")["results"]
    page = browser.open("demo")
    for name, key in (("status", "status"), ("severity", "severity"), ("area", "area")):
        for value in sorted({result[key] for result in results}):
            page.click("#clear")
            tick(page, name, value)
            page.wait_for_url(f"**#{name}={value}")
            wanted = sorted(result["rule"] for result in results if result[key] == value)
            equal(sorted(row["rule"] for row in findings(page)), wanted, f"{name}={value}")
    page.click("#clear")
    page.fill("#table", "shop-orders")
    page.wait_for_url("**#table=shop-orders")
    equal({row["part"] for row in findings(page)}, {"shop-orders"})
    page.click("#clear")
    page.fill("#rule", "pitr-on")
    page.wait_for_url("**#rule=pitr-on")
    equal({row["rule"] for row in findings(page)}, {"pitr-on"})
    page.click("#clear")
    page.select_option("#owner", "checkout")
    page.wait_for_url("**#owner=checkout")
    parts = {row["part"] for row in findings(page)}
    equal(parts, {"shop-orders", "shop-sessions"}, "owner")
    # Two filters are both asked for, two values of one are either.
    page.click("#clear")
    tick(page, "severity", "critical")
    tick(page, "severity", "low")
    tick(page, "area", "recovery")
    page.wait_for_url("**area=recovery")
    wanted = [it for it in results if it["severity"] in ("critical", "low") and it["area"] == "recovery"]
    equal(len(findings(page)), len(wanted), "together")


@fact
def a_filter_is_restored_from_the_address_and_by_the_back_button(browser):
    page = browser.open("demo", "#severity=critical&status=fail")
    rows = findings(page)
    assert rows and all(row["severity"] == "critical" and row["status"] == "fail" for row in rows), rows
    assert page.is_checked("[name=severity][value=critical]")
    first = len(rows)
    tick(page, "area", "security")
    page.wait_for_url("**area=security*")
    assert len(findings(page)) < first
    page.go_back()
    page.wait_for_timeout(200)
    equal(len(findings(page)), first, "after going back")
    assert not page.is_checked("[name=area][value=security]")
    # The letters of one word are one step.
    page.locator("#q").press_sequentially("alarm", delay=150)
    page.wait_for_url("**q=alarm*")
    page.go_back()
    page.wait_for_timeout(200)
    equal(len(findings(page)), first, "after a word")
    equal(page.input_value("#q"), "")
    for nonsense in ("#status=nonsense", "#=&&", "#t99999", "#severity=%E0%A4%A", "#table=%00"):
        other = browser.open("demo", nonsense)
        assert other.is_visible("#shown"), nonsense
        other.context.close()


@fact
def the_link_of_a_table_leads_to_its_part(browser):
    page = browser.open("demo")
    page.click("#table-list >> text=feed-posts")
    page.wait_for_url("**#table=feed-posts")
    equal({row["part"] for row in findings(page)}, {"feed-posts"})
    page.click("#rules >> text=restored-table-parity >> nth=0")
    page.wait_for_url("**#rule=restored-table-parity")
    equal({row["rule"] for row in findings(page)}, {"restored-table-parity"})
    page.click(".f .head a")
    assert page.locator("#why-restored-table-parity").get_attribute("open") is not None
    assert "rule=restored-table-parity" in page.url, "a link inside the page leaves the filter"
    direct = browser.open("demo", "#t1")
    equal(len({row["part"] for row in findings(direct)}), 1, "an anchor of a table")


@fact
def everything_is_reached_and_sorted_by_keyboard(browser):
    page = browser.open("demo")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 30) || document.activeElement.id"))
    equal(reached[0], "Skip to the report", "the first")
    places = [next(at for at, it in enumerate(reached) if it.startswith(word)) for word in ("Tables", "Colours", "design", "Status")]
    equal(places, sorted(places), "the order")
    names = lambda: page.locator("#table-list tbody bdi").all_inner_texts()
    head = page.locator("#table-list th[data-key=size] button")
    head.focus()
    page.keyboard.press("Enter")
    equal(page.locator("th[data-key=size]").get_attribute("aria-sort"), "descending")
    equal(names()[0], "feed-posts", "the largest first")
    page.keyboard.press("Space")
    equal(page.locator("th[data-key=size]").get_attribute("aria-sort"), "ascending")
    equal(names()[-1], "feed-posts", "the largest last")
    equal(page.locator("#table-list th[aria-sort]").count(), 1, "one column is sorted by")
    page.locator("th[data-key=name] button").press("Enter")
    equal(names(), sorted(names()), "by name")
    page.locator("[name=status][value=fail]").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**#status=fail")
    outline = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    equal(outline, "solid", "the focus is seen")


@fact
def the_copy_button_copies_the_command(browser):
    page = browser.open("demo", "#rule=pitr-on&status=fail", permissions=["clipboard-read", "clipboard-write"])
    page.click("#parts .f summary")
    command = page.inner_text("#parts .f code")
    page.click("#parts .f .copy")
    page.locator("#parts .f .copy", has_text="Copied").wait_for()
    equal(page.evaluate("navigator.clipboard.readText()"), command)
    assert command.startswith("aws dynamodb update-continuous-backups --region eu-west-1 --table-name shop-sessions"), command


@fact
def the_colours_are_switched(browser):
    page = browser.open("demo", color_scheme="light")
    paper = lambda: page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = paper()
    page.click("#theme")
    equal(paper(), light, "light asked for")
    page.click("#theme")
    dark = paper()
    assert dark != light
    page.click("#theme")
    equal(paper(), light, "as the system has it")
    page.emulate_media(color_scheme="dark")
    equal(paper(), dark, "the system is dark")


@fact
def a_name_that_looks_like_markup_is_text(browser):
    page = browser.open("hostile")
    texts = page.inner_text("body")
    for name in ("<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "\"><b onmouseover='alert(1)'>", "&lt;b&gt; {{ 1 }}"):
        assert name in texts, name
    equal(page.locator("img, b[onmouseover], #parts b b").count(), 0, "elements of names")
    equal(page.locator("script").count(), 2, "scripts")
    assert "\u202e" not in page.content(), "the direction of writing"
    equal(len(findings(page)), 5)
    page.select_option("#owner", "<img src=x onerror=alert(1)>")
    page.wait_for_url("**#owner=*")
    equal(len(findings(page)), 5, "filtered by such an owner")
    page.click("#table-list tbody th a >> nth=0")
    page.wait_for_url("**#table=*")
    equal(len(findings(page)), 1, "a link to such a table")


@fact
def on_paper_failures_are_open_and_filters_gone(browser):
    page = browser.open("demo")
    equal(page.locator(".f.fail details[open]").count(), 0)
    page.emulate_media(media="print")
    page.wait_for_timeout(300)
    for hidden in ("#filters", "nav", "#theme", ".copy >> nth=0"):
        assert not page.is_visible(hidden), hidden
    for row in page.locator(".f.fail").all():
        body = row.locator("details h4").first
        assert body.is_visible(), row.inner_text()
    breaks = page.evaluate("[...document.querySelectorAll('.part + .part, #findings')].map((it) => getComputedStyle(it).breakBefore)")
    equal(set(breaks), {"page"}, "a page for each table")
    page.emulate_media(media="screen")
    page.wait_for_timeout(300)
    equal(page.locator(".f.fail details[open]").count(), 0, "closed again")
    assert len(page.pdf()) > 20_000
    plain = browser.open("demo", java_script_enabled=False)
    plain.emulate_media(media="print")
    assert plain.locator(".f.fail details h4").first.is_visible(), "without script"


@fact
def nothing_is_hard_to_see_or_to_name_in_light_and_dark(browser):
    for name in ("demo", "accepted", "all", "empty", "healthy", "hostile", "broken"):
        for scheme in ("light", "dark"):
            page = browser.open(name, color_scheme=scheme, quiet=True)
            page.evaluate("document.querySelectorAll('details').forEach((it, at) => { it.open = at < 40; })")
            if name == "accepted":
                tick(page, "status", "attested")
                tick(page, "status", "waived")
            found = page.evaluate(AXE + "; axe.run(document, {resultTypes: ['violations']}).then((it) => it.violations.map((one) => one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + ' ' + (node.any[0]?.message || '')).join(' | ')))")
            equal(found, [], f"{name} in {scheme}")
            equal(page.locator("h1").count(), 1, "one h1")
            page.context.close()


@fact
def a_narrow_screen_needs_no_scrolling_sideways(browser):
    for name in ("demo", "accepted", "hostile", "empty"):
        page = browser.open(name, viewport={"width": 380, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
        equal(page.evaluate("document.documentElement.scrollWidth"), 380, name)
        page.context.close()


@fact
def without_script_everything_that_fails_is_there(browser):
    for name in ("demo", "accepted", "broken", "healthy", "empty"):
        page = browser.open(name, java_script_enabled=False)
        wanted = report(name)["results"]
        equal(page.locator("#parts .f").count(), len(wanted), f"{name}: findings")
        for rule in {result["rule"] for result in wanted}:
            assert page.locator(f"#parts .f a:text-is('{rule}')").count(), rule
        assert not page.is_visible("#filters"), "nothing that does not work"
        tables = {result["subject"]["table"] for result in wanted} - {None}
        listed = set(page.locator("#table-list tbody bdi").all_text_contents())
        assert tables <= listed, (tables, listed)
        assert page.is_visible("h1")
        page.context.close()
    plain = browser.open("demo", java_script_enabled=False)
    equal(plain.locator(".f.fail pre").count() > 10, True, "repairs")


@fact
def signatures_waivers_and_the_baseline_are_statuses(browser):
    results = report("accepted")["results"]
    page = browser.open("accepted")
    for status in ("waived", "baselined"):
        page.click("#clear")
        tick(page, "status", status)
        page.wait_for_url(f"**#status={status}")
        wanted = sorted(it["rule"] for it in results if it["decoration"] == status)
        assert wanted, status
        equal(sorted(row["rule"] for row in findings(page)), wanted, status)
    page.click("#clear")
    tick(page, "status", "attested")
    page.wait_for_url("**#status=attested")
    equal([row["rule"] for row in findings(page)], ["release/keys-final"])
    assert "maria@example.com" in findings(page)[0]["text"]
    page.click("#clear")
    page.select_option("#owner", "team-feed")
    page.wait_for_url("**#owner=team-feed")
    equal([row["rule"] for row in findings(page)], ["deletion-protection"], "who answers for a waiver")
    waiver = page.inner_text("#waivers")
    assert "team-feed" in waiver and "active" in waiver and re.search(r"20\d\d-\d\d-\d\d", waiver), waiver


@fact
def the_counts_of_the_page_are_those_of_the_json_report(browser):
    for name in PAGES:
        text = (FOLDER / f"{name}.html").read_text()
        data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S).group(1))
        wanted, parts = report(name), data["parts"]
        keys = ["pass", "fail", "unknown", "not_applicable", "waived", "baselined"]
        equal(data["summary"], [wanted["summary"][key] for key in keys], f"{name}: summary")
        seen, listed = {}, {}
        for part, run in enumerate(parts["run"]):
            if parts["is_table"][part] == 2:
                continue
            for place in data["runs"][run]:
                shape = data["shapes"][place]
                key = (data["rules"]["id"][shape[0]], data["severities"][shape[1]], data["statuses"][shape[2]])
                seen[key] = seen.get(key, 0) + 1
        for result in wanted["results"]:
            key = (result["rule"], result["severity"], result["decoration"] or result["status"])
            listed[key] = listed.get(key, 0) + 1
        equal(seen, listed, f"{name}: results")


@fact
def ten_thousand_tables_open_and_filter(browser):
    size = (FOLDER / "large.html").stat().st_size
    assert size < 5_000_000, size
    started = time.monotonic()
    page = browser.open("large")
    opened = time.monotonic() - started
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.reload()
    metrics = {it["name"]: it["value"] for it in session.send("Performance.getMetrics")["metrics"]}
    total = len(report("large")["results"])
    equal(shown(page), (total, total))
    equal(len(findings(page)), 200, "a screenful at a time")
    started = time.monotonic()
    tick(page, "status", "unknown")
    page.wait_for_url("**#status=unknown")
    filtered = time.monotonic() - started
    unknown = report("large")["summary"]["unknown"]
    equal(shown(page), (unknown, total))
    page.click("#more button")
    equal(len(findings(page)), 400, "and the next")
    page.click("#clear")
    started = time.monotonic()
    page.fill("#q", "table-09999 protection")
    page.wait_for_url("**#q=table-09999*")
    searched = time.monotonic() - started
    rows = findings(page)
    equal([row["part"].endswith("table-09999") for row in rows], [True, True], "two findings of one table")
    page.click("th[data-key=name] button")
    equal(page.locator("#table-list tbody tr").count(), 200, "tables a screenful at a time")
    page.click("#table-more button")
    equal(page.locator("#table-list tbody tr").count(), 400, "and the next")
    print(f"10,000 tables: {size:,} bytes, opened in {opened:.2f} s ({metrics['TaskDuration']:.2f} s of a processor), filtered in {filtered:.2f} s, searched in {searched:.2f} s", file=sys.stderr)


def main():
    told = {}
    flags = FLAGS + (["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        browser = Browser(chromium)
        for function in FACTS:
            if len(sys.argv) > 3 and function.__name__ not in sys.argv[3:]:
                continue
            started = time.monotonic()
            try:
                function(browser)
                told[function.__name__] = ""
            except Exception:
                told[function.__name__] = traceback.format_exc()
            print(f"{time.monotonic() - started:5.1f} s  {function.__name__}", file=sys.stderr)
            for context in list(chromium.contexts):
                context.close()
        chromium.close()
    first = "no_page_asks_for_anything_or_complains"
    if TROUBLE:
        told[first] = told.get(first, "") + "\n".join(TROUBLE[:20])
    print(json.dumps(told))


main()
