"""One record of an XML file: its elements, and the words in them.

The parser is expat, as it comes with Python, without name spaces: files leave out their
declarations, and a record is known by its name. What makes a record invalid without hiding what
it says is mended first: ``&`` and ``<`` that are text, references to characters that XML may not
hold, names of entities that HTML knows (``&nbsp;``) or nobody.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5
from typing import Any, Self
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

from assistant.readers.records import lowered, raised
from assistant.readers.xml.mathml import maths

_SPACE = " \t\r\n"
MAX_DEPTH = 200
"""Of elements within elements."""
MAX_ELEMENTS = 500_000

# Sections without markup and comments are matched so as to be left alone.
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&(?:(?P<name>[A-Za-z][\w.-]{0,50})|#(?P<number>\w{1,10}));|&",
    re.DOTALL,
)
_LESS_THAN = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(?![A-Za-z_/!?])", re.DOTALL)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})

_APART = frozenset({"br", "div", "label", "li", "list", "list-item", "p", "para", "sec", "title"})
"""Elements whose words are no part of the word before or after them."""


class NotXml(Exception):
    """A record cannot be parsed; the message says why. Stays within the readers."""


@dataclass(slots=True)
class Element:
    """An element of a record."""

    name: str
    """In small letters and without prefix."""
    attributes: Mapping[str, str]
    """By their names, as ``name``."""
    children: list[Self | str] = field(default_factory=list)

    def all(self, path: str) -> Iterator[Self]:
        """Yield the elements at a path of names (``a/b``) in their order."""
        first, _, rest = path.lower().partition("/")
        for child in self.children:
            if not isinstance(child, str) and child.name == first:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> Self | None:
        """Return the first element at a path."""
        return next(self.all(path), None)

    def elements(self) -> list[Self]:
        """Return the elements directly within this one."""
        return [child for child in self.children if not isinstance(child, str)]

    def texts(self, *paths: str) -> list[str]:
        """Return the words of the elements at the first path at which some have words."""
        for path in paths:
            if texts := [text for element in self.all(path) if (text := element.words())]:
                return texts
        return []

    def text(self, *paths: str) -> str:
        """Return the words of the first element at the first path that has words, or ""."""
        return next(iter(self.texts(*paths)), "")

    def words(self) -> str:
        """Return the text of the element and all within it as plain text.

        What is raised or lowered is written as in every format (:func:`records.raised`), maths
        as :func:`mathml.maths` says.
        """
        return _plain(self).strip(_SPACE)


def parse_element(text: str, *, refused: Collection[str] = ()) -> Element:
    """Return the element that ``text`` is.

    Raises:
        NotXml: it is none, is nested too deeply, or uses one of the ``refused`` entities.
    """
    if "&" in text:
        text = _REFERENCE.sub(lambda match: _mended_reference(match, refused), text)
    try:
        return _parse(text)
    except ExpatError as error:
        mended = _LESS_THAN.sub(lambda match: "&lt;" if match[0] == "<" else match[0], text)
        if mended != text:
            return parse_element(mended)
        raise NotXml(f"not valid XML: {ErrorString(error.code)}") from error


def _mended_reference(match: re.Match[str], refused: Collection[str]) -> str:
    """Return a reference or a bare ``&`` as XML takes it."""
    whole, name, number = match[0], match["name"], match["number"]
    if whole.startswith("<") or name in _XML_ENTITIES:
        return whole
    if not name and not number:
        return "&amp;"
    if name and name in refused and f"{name};" not in html5:
        raise NotXml(f'uses the entity "{name}" that the file declares, which is not expanded')
    # Of numbers too: &#150; is a dash of Windows-1252 wherever it is written.
    meant = html.unescape(whole) if number else html5.get(f"{name};", whole)
    return html.escape(meant, quote=False) or " "


def _parse(text: str) -> Element:
    """Parse what is well-formed. Raises ExpatError and NotXml."""
    parser = ParserCreate()
    parser.buffer_text = True
    top = Element("", {})
    open_elements = [top]
    count = 0

    def start(name: str, attributes: dict[str, Any]) -> None:
        nonlocal count
        count += 1
        if len(open_elements) > MAX_DEPTH:
            raise NotXml(f"elements nested deeper than {MAX_DEPTH}")
        if count > MAX_ELEMENTS:
            raise NotXml(f"a record of more than {MAX_ELEMENTS:,} elements")
        element = Element(_local(name), {_local(key): value for key, value in attributes.items()})
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def characters(data: str) -> None:
        open_elements[-1].children.append(data)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.Parse(text, True)
    (element,) = top.children
    assert isinstance(element, Element)
    return element


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _plain(element: Element) -> str:
    written = ""
    for child in element.children:
        if isinstance(child, str):
            written += child
            continue
        text = maths(child) if child.name == "math" else _plain(child)
        match child.name, child.attributes.get("face", ""):
            case ("sup", _) | ("style", "superscript"):
                text = raised(text)
            case ("sub" | "inf", _) | ("style", "subscript"):
                text = lowered(text, before=written[-1:])
        written += f" {text} " if child.name in _APART else text
    return written
