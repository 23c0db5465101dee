"""Every page: one file, no address, nothing of a stranger that becomes markup or script."""

import base64
import hashlib
import re

import pytest

from experiments.report import page, run, sweep
from neuro.errors import EnvironmentFault, SpecError

ADDRESSES = ("src", "href", "action", "data", "poster", "srcset", "formaction", "xlink:href")


@pytest.fixture(params=["known", "hostile", "swept"])
def made(request, tmp_path, parse):
    place, out = request.getfixturevalue(request.param), tmp_path / "page.html"
    if request.param == "swept":
        sweep.save(place, [], out)
    else:
        run.save(place, out)
    return parse(out)


def test_nothing_is_fetched(made):
    for element in made.root.iter():
        for name in ADDRESSES:
            address = element.get(name, "data:,")
            assert address.startswith(("#", "data:")), f"{element.tag} {name}={address[:60]}"
    assert not made.all("link[@rel='stylesheet']")
    style = "".join(each.text for each in made.all("style"))
    assert "url(" not in style
    assert "@import" not in style


def test_what_is_pointed_at_is_there_once(made):
    ids = [element.get("id") for element in made.root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    pointed = [each.get("href")[1:] for each in made.all("a")]
    pointed += [each.get("for") for each in made.all("output")]
    assert pointed
    assert set(pointed) <= set(ids)


def test_only_the_script_and_the_style_of_the_page_are_allowed(made):
    (policy,) = [
        each.get("content")
        for each in made.all("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        (text,) = [each.text for each in made.all(tag) if each.get("type") is None]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert "unsafe" not in policy


def test_no_text_of_a_stranger_becomes_markup(made):
    known = {"script", "style", "link", "meta", "title", "data", "img", "figure", "table", "small"}
    tags = {element.tag for element in made.root.iter() if isinstance(element.tag, str)}
    assert not tags & {"b", "i", "iframe", "object", "embed", "form", "base", "svg"} - known
    assert len(made.all("script")) == 2
    assert len(made.all("style")) == 1
    for element in made.root.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
    assert all(each.get("src").startswith("data:image/png;") for each in made.all("img"))


def test_a_hostile_text_is_shown_as_it_is(hostile, tmp_path, parse):
    run.save(hostile, tmp_path / "page.html")
    shown = parse(tmp_path / "page.html")
    for section in ("metrics", "configuration", "provenance"):
        assert "</script><script>boom()</script>" in shown.section(section)
        assert "{{ 7 * 7 }}" in shown.section(section)
        assert "&lt;b&gt;" in shown.section(section)
    assert shown.data["figures"][0]["columns"][1] == "<i>two"
    assert not re.search(r"<(b|i|img[^>]*onerror)>", shown.text)


def test_a_page_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    out = tmp_path / "deep" / "page.html"
    page.write("one", out)
    page.write("two", out)
    assert out.read_text() == "two"

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(page.os, "fsync", full)
    with pytest.raises(EnvironmentFault, match=r"page\.html: No space left on device"):
        page.write("three", out)
    assert out.read_text() == "two"
    assert [each.name for each in out.parent.iterdir()] == ["page.html"]


def test_another_ending_is_refused(known, tmp_path):
    with pytest.raises(SpecError, match=r"page\.htm: the name of a page must end in \.html"):
        run.save(known, tmp_path / "page.htm")
