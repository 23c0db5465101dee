"""Pages in a real browser: figures are drawn, can be read at any width, and answer a reader.

Needs a Chromium of the system and the extra `browser`; `make test-browser` runs it.
"""

import io
import shutil
import time

import numpy as np
import pytest
from PIL import Image
from reported import METHODS, header

from experiments.report import run, sweep
from neuro.recording import Recorder, read

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
LOOKS = [(width, scheme) for width in (400, 1600) for scheme in ("light", "dark")]
READY = "html[data-ready]"
PATIENCE_MS = 20_000
LEAST_LETTERS_PX = 11
# WCAG 2, level AA, for text of this size.
LEAST_CONTRAST = 4.5
BIG = 1_000_000

# Shades of a canvas that differ, and the share of its pixels that are not its commonest colour.
INKED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const counts = new Map();
  for (const value of new Uint32Array(data.buffer)) counts.set(value, (counts.get(value) || 0) + 1);
  return [counts.size, 1 - Math.max(...counts.values()) / (data.length / 4)];
}"""

# Texts that are too small, or too like what is behind them.
ILLEGIBLE = """([least, contrast]) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = rgba(getComputedStyle(at).backgroundColor);
      if (found[3] === 255) return found;
    }
    return [255, 255, 255];
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(rgba(style.color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (parseFloat(style.fontSize) < least || ratio < contrast) {
      const words = walker.currentNode.data.trim().slice(0, 30);
      bad.push(`${words}: ${style.fontSize}, ${ratio.toFixed(2)}`);
    }
  }
  return bad;
}"""


@pytest.fixture(scope="module")
def chromium():
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this system")
    playwright = pytest.importorskip("playwright.sync_api", reason="extra `browser`")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(known, hostile, swept, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    made = {name: folder / f"{name}.html" for name in ("known", "hostile", "swept")}
    run.save(known, made["known"])
    run.save(hostile, made["hostile"])
    sweep.save(swept, [], made["swept"])
    return made


@pytest.fixture
def look(chromium):
    """Open a page; at the end no script may have complained, and nothing been fetched."""
    faults, opened = [], []

    def show(path, width=1600, scheme="light"):
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("console", lambda said: faults.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: opened.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector(READY, timeout=PATIENCE_MS)
        return page

    yield show
    assert faults == []
    assert [url for url in opened if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("name", ["known", "hostile", "swept"])
def test_every_figure_is_drawn_and_every_word_can_be_read(look, pages, name, width, scheme):
    page = look(pages[name], width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    figures = page.query_selector_all("figure.live")
    assert figures
    assert len(page.query_selector_all("figure.live.drawn")) == len(figures)
    for canvas in page.query_selector_all(".stage > canvas"):
        n_shades, inked = canvas.evaluate(INKED)
        assert n_shades > 10
        assert inked > 0.01
        assert canvas.bounding_box()["width"] <= width
    assert page.evaluate(ILLEGIBLE, [LEAST_LETTERS_PX, LEAST_CONTRAST]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_have_the_ground_of_the_page(look, pages, scheme):
    """No white sheet in a dark page, and what is drawn on it stands out."""
    page = look(pages["known"], scheme=scheme)
    shown = page.query_selector(".pictures img")
    with Image.open(io.BytesIO(shown.screenshot())) as picture:
        grey = np.asarray(picture.convert("L"), dtype=float)[3:-3, 3:-3]
    ground, ink = np.median(grey), np.quantile(np.abs(grey - np.median(grey)), 0.999)
    assert ground < 40 if scheme == "dark" else ground > 240
    assert ink > 150


def test_nothing_of_a_stranger_runs(look, pages):
    page = look(pages["hostile"])
    assert page.evaluate("typeof boom") == "undefined"
    assert page.is_visible("#configuration")
    assert "</script><script>boom()</script>" in page.inner_text("#configuration")


def centre(page, canvas, x, y):
    """Put the mouse over a place of a canvas, as shares of it."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    place = box["x"] + x * box["width"], box["y"] + y * box["height"]
    page.mouse.move(*place)
    return place


def test_a_cell_of_the_matrix_tells_its_number_and_is_followed_by_a_click(look, pages):
    page = look(pages["known"])
    canvas = page.query_selector("figure.matrix canvas")
    assert page.is_hidden(".tip")
    place = centre(page, canvas, 0.55, 0.43)
    assert page.inner_text(".tip") == "after learning task 2\ntested on two: 97 %"
    page.mouse.click(*place)
    told = page.inner_text("figure.matrix output")
    assert told == "two after task 2: 97 %. Its course: 10, 97, 93 %"


def test_a_spike_tells_its_neuron_and_time(look, pages, known):
    page = look(pages["known"])
    canvas = page.query_selector("figure.raster canvas")
    for x in np.linspace(0.2, 0.8, 60):
        centre(page, canvas, x, 0.5)
        if page.is_visible(".tip") and "neuron" in page.inner_text(".tip"):
            break
    name, time_ms = page.inner_text(".tip").split("\n")
    with read(known) as recording:
        times, ids = recording.spikes("exc")
    spikes = {(int(i), round(t, 4)) for t, i in zip(times, ids, strict=True)}
    neuron = int(name.removeprefix("exc, neuron "))
    assert (neuron, round(float(time_ms.removesuffix(" ms")), 4)) in spikes


def test_a_look_closer_shows_less_and_all_panels_follow(look, pages):
    page = look(pages["known"])
    first, second = page.query_selector_all("figure.raster canvas")
    whole = page.inner_text("figure.raster output")
    assert whole.startswith("exc: 600 spikes, 75 spikes/s per neuron; inh: 50 spikes")
    pictures = [canvas.evaluate("c => c.toDataURL()") for canvas in (first, second)]
    first.scroll_into_view_if_needed()
    first.focus()
    page.keyboard.press("+")
    closer = page.inner_text("figure.raster output")
    assert "(40 to 160 ms)" in closer
    assert int(closer.split()[1]) < 600
    for canvas, before in zip((first, second), pictures, strict=True):
        assert canvas.evaluate("c => c.toDataURL()") != before
    page.keyboard.press("0")
    assert page.inner_text("figure.raster output") == whole
    start = centre(page, first, 0.3, 0.5)
    page.mouse.down()
    centre(page, first, 0.5, 0.5)
    page.mouse.up()
    dragged = page.inner_text("figure.raster output")
    low, high = (
        float(word) for word in dragged.rsplit("(", 1)[1].removesuffix(" ms)").split(" to ")
    )
    assert 35 <= high - low <= 50
    page.mouse.dblclick(*start)
    assert page.inner_text("figure.raster output") == whole


def test_the_wheel_scrolls_the_page_until_a_figure_is_chosen(look, pages):
    page = look(pages["known"])
    canvas = page.query_selector("figure.raster canvas")
    whole = page.inner_text("figure.raster output")
    centre(page, canvas, 0.5, 0.5)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(100)
    assert page.inner_text("figure.raster output") == whole
    canvas.focus()
    centre(page, canvas, 0.5, 0.5)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(100)
    assert page.inner_text("figure.raster output") != whole


def test_figures_follow_the_colour_scheme_and_the_width(look, pages):
    page = look(pages["known"], 1600, "light")
    canvas = page.query_selector("figure.raster canvas")
    before = canvas.evaluate("c => c.toDataURL()")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(200)
    assert canvas.evaluate("c => c.toDataURL()") != before
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_timeout(200)
    assert canvas.evaluate("c => c.width") <= 400
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def names(page):
    rows = page.query_selector_all("#sweep-table tbody tr")
    return [row.query_selector("td").inner_text() for row in rows if row.is_visible()]


def test_a_heading_sorts_and_a_filter_hides(look, pages):
    page = look(pages["swept"])
    assert names(page) == list(METHODS)
    button = page.locator("#sweep-table thead button", has_text="acc")
    button.click()
    assert names(page) == ["<b>worst", "plain", "replay", "hlop"]
    button.click()
    assert names(page) == ["hlop", "replay", "plain", "<b>worst"]
    page.fill("#filter", "acc > 0.8")
    assert names(page) == ["hlop", "replay"]
    assert page.inner_text("#shown") == "2 of 4 rows"
    assert page.inner_text("#pareto output").startswith("2 of 4 combinations drawn")
    page.fill("#filter", "bytes_kept_last<=200 LOP")
    assert names(page) == ["hlop"]
    page.fill("#filter", "nothing")
    assert names(page) == []
    page.fill("#filter", "")
    assert len(names(page)) == 4


def test_a_point_tells_its_values_and_finds_its_row(look, pages):
    page = look(pages["swept"])
    # 0.705 at 100 bytes and 0.955 at 200; the others cost more and are worse.
    assert "2 of them beaten by none" in page.inner_text("#pareto output")
    page.uncheck("#pareto-x-less")
    # Now 0.605 at 500 is unbeaten, too, and 0.705 is not.
    assert "3 of them beaten by none" in page.inner_text("#pareto output")
    canvas = page.query_selector("#pareto canvas")
    for name, (accuracy, n_bytes) in METHODS.items():
        place = search(page, canvas, n_bytes)
        told = page.inner_text(".tip").split("\n")
        assert told[:2] == [
            f"method = {name}",
            f"bytes_kept_last: {n_bytes} ({n_bytes} to {n_bytes})",
        ]
        assert told[2].startswith(f"acc: {accuracy + 0.005:.3f} (")
        assert told[3] == "2 runs"
        page.mouse.click(*place)
        assert page.inner_text("#sweep-table tr.chosen td") == name


def search(page, canvas, n_bytes):
    """Move the mouse up the place of a number of bytes until something is told."""
    # A click may have scrolled to a row of the table.
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    # From 80 to 520: a twentieth more than the points take; numbers at the left take about 40.
    x = box["x"] + 40 + (n_bytes - 80) / 440 * (box["width"] - 54)
    for y in range(30, int(box["height"]) - 40, 8):
        page.mouse.move(x, box["y"] + y)
        if page.is_visible(".tip"):
            return x, box["y"] + y
    raise AssertionError(f"nothing is told of {n_bytes} bytes")


def test_a_million_spikes_are_shown_in_seconds(look, tmp_path, tally):
    rng = np.random.default_rng(5)
    with Recorder(tmp_path / "big.h5", header()) as recorder:
        recorder.nodes("cells", 2000, "lif")
        recorder.spikes(
            "cells", np.sort(rng.integers(0, 100_000, BIG)) * 0.1, rng.integers(0, 2000, BIG)
        )
        recorder.progress(10_000.0, 1.0)
    run.save(tmp_path / "big.h5", tmp_path / "big.html")
    started = time.perf_counter()
    page = look(tmp_path / "big.html")
    took = time.perf_counter() - started
    assert page.inner_text("figure.raster output").startswith(
        "cells: 1,000,000 spikes, 50 spikes/s"
    )
    page.focus("figure.raster canvas")
    started = time.perf_counter()
    page.keyboard.press("+")
    assert "(2000 to 8000 ms)" in page.inner_text("figure.raster output")
    zoomed = time.perf_counter() - started
    size = (tmp_path / "big.html").stat().st_size / 1e6
    tally(f"{size:.1f} MB, shown after {took:.2f} s, zoomed in {zoomed:.2f} s")
    assert size < 5
