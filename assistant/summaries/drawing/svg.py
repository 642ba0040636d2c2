"""The map of a library as SVG: a dot for each paper, its title where the pointer rests on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from assistant.summaries.drawing.escaping import escaped
from assistant.summaries.types import Overview, PlacedPaper

WIDTH, HEIGHT = 1000, 700
MAX_DOTS = 5000
"""More papers than this are thinned out evenly: a file of all titles would be too heavy."""

_MARGIN = 40
_FONT_SIZE = 15
_CHAR_WIDTH = 0.56 * _FONT_SIZE
"""Mean width of a letter; wide enough that labels that are apart here are so on the screen."""
_LINE_HEIGHT = 1.15 * _FONT_SIZE
_WIDE_CHAR = 0x1100
"""From here on letters are about twice as wide."""
_MAX_LINE_CHARS = 26
_STEP = 6

_COLOURS = (
    "#4477aa", "#cc6677", "#228833", "#b8860b", "#7b5cc4", "#1b9aaa", "#d2691e", "#aa3377",
    "#6b8e23", "#5f7fbf", "#c0504d", "#2e8b6f", "#9a7d0a", "#9b59b6", "#3d8fb5", "#b5651d",
    "#c2578f", "#7f8c3a", "#6c7a89", "#a0522d",
)  # fmt: skip
"""Of a middle lightness, so that they stand out from white and from black."""

STYLE = """
svg.map { background: #ffffff; color: #1b1f24; font: 600 15px system-ui, sans-serif; }
svg.map circle { fill-opacity: .72; stroke: #ffffff; stroke-width: .6; }
svg.map circle.alone { fill: none; stroke: #7d8590; stroke-width: 1.3; }
svg.map text { fill: #1b1f24; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round;
  paint-order: stroke; text-anchor: middle; pointer-events: none; }
@media (prefers-color-scheme: dark) {
  svg.map { background: #14181d; color: #e6edf3; }
  svg.map circle { stroke: #14181d; }
  svg.map text { fill: #e6edf3; stroke: #14181d; }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The name of a theme on the map."""

    lines: tuple[str, ...]
    x: float
    """Of its middle."""
    y: float
    width: float
    height: float

    def overlaps(self, other: Label) -> bool:
        """Tell whether two labels cover each other."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2
            and abs(self.y - other.y) < (self.height + other.height) / 2
        )


def overview_svg(overview: Overview) -> str:
    """Return the map as the text of an SVG file, for light and dark screens."""
    return map_svg(overview, style=STYLE) + "\n"


def map_svg(overview: Overview, *, style: str = "") -> str:
    """Return the map as an SVG element; without ``style`` the page around it has :data:`STYLE`."""
    shown = _thinned(overview.map)
    radius = 5.5 if len(shown) <= 300 else 4.2 if len(shown) <= 1000 else 3.0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'role="img" aria-label="Map of the papers by theme">',
        f"<style>{style}</style>" if style else "",
        *(_dot(paper, radius, overview) for paper in shown),
        *(_label_text(label) for label in place_labels(overview)),
        "</svg>",
    ]
    return "\n".join(filter(None, parts))


def theme_colour(theme: int) -> str:
    """Return the colour of a theme by its place."""
    return _COLOURS[theme % len(_COLOURS)]


def place_labels(overview: Overview) -> list[Label]:
    """Return where the names of the themes stand: on their papers, none on another name."""
    members: dict[int, list[PlacedPaper]] = defaultdict(list)
    for paper in overview.map:
        if paper.theme is not None:
            members[paper.theme].append(paper)
    placed: list[Label] = []
    for number, theme in enumerate(overview.themes):
        if not members[number]:
            continue
        lines = _lines(theme.name)
        placed.append(
            _free_label(
                lines,
                x=_x(median(paper.x for paper in members[number])),
                y=_y(median(paper.y for paper in members[number])),
                placed=placed,
            )
        )
    return placed


def _free_label(lines: tuple[str, ...], *, x: float, y: float, placed: list[Label]) -> Label:
    """Return the label at the free place nearest to where it should be."""
    width = min(max(map(_text_width, lines)), WIDTH - 4.0)
    height = _LINE_HEIGHT * len(lines)

    def at(right: float, down: float) -> Label:
        return Label(
            lines=lines,
            x=min(max(x + right, width / 2 + 2), WIDTH - width / 2 - 2),
            y=min(max(y + down, height / 2 + 2), HEIGHT - height / 2 - 2),
            width=width,
            height=height,
        )

    # Sideways is worse than up or down: names are wide.
    moves = sorted(
        (
            (right * 3 * _STEP, down * _STEP)
            for right in range(-12, 13)
            for down in range(-HEIGHT // _STEP, HEIGHT // _STEP + 1)
        ),
        key=lambda move: (abs(move[0]) + abs(move[1]), move),
    )
    labels = (at(*move) for move in moves)
    return next((label for label in labels if not any(map(label.overlaps, placed))), at(0.0, 0.0))


def _lines(name: str) -> tuple[str, ...]:
    """Return a name in one line, or in two if it is long and of two phrases."""
    first, both, second = name.partition(" and ")
    if both and len(name) > _MAX_LINE_CHARS:
        return _shortened(first), _shortened(f"and {second}")
    return (_shortened(name),)


def _shortened(text: str) -> str:
    longest = 2 * _MAX_LINE_CHARS
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _text_width(text: str) -> float:
    return sum(_CHAR_WIDTH * (2 if ord(letter) >= _WIDE_CHAR else 1) for letter in text)


def _label_text(label: Label) -> str:
    top = label.y - label.height / 2 + 0.8 * _LINE_HEIGHT
    spans = "".join(
        f'<tspan x="{label.x:.1f}" y="{top + number * _LINE_HEIGHT:.1f}">{escaped(line)}</tspan>'
        for number, line in enumerate(label.lines)
    )
    return f"<text>{spans}</text>"


def _dot(paper: PlacedPaper, radius: float, overview: Overview) -> str:
    year = f" ({paper.year})" if paper.year is not None else ""
    theme = "like no other" if paper.theme is None else overview.themes[paper.theme].name
    fill = 'class="alone"' if paper.theme is None else f'fill="{theme_colour(paper.theme)}"'
    title = f"{escaped(paper.title) or 'Untitled'}{year}\n{escaped(theme)}"
    return (
        f'<circle cx="{_x(paper.x):.1f}" cy="{_y(paper.y):.1f}" r="{radius}" {fill}>'
        f"<title>{title}</title></circle>"
    )


def _x(share: float) -> float:
    return _MARGIN + share * (WIDTH - 2 * _MARGIN)


def _y(share: float) -> float:
    return _MARGIN + (1 - share) * (HEIGHT - 2 * _MARGIN)


def _thinned(papers: tuple[PlacedPaper, ...]) -> list[PlacedPaper]:
    step = max(len(papers) / MAX_DOTS, 1.0)
    return [papers[int(number * step)] for number in range(min(len(papers), MAX_DOTS))]
