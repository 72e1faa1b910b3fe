"""Pictures of the figures, as SVG that follows the reader's light or dark theme. Each function returns a file's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from config.evaluation.figures import TARGETS, Figures
from config.evaluation.peers import Comparison
from config.evaluation.reliability import Bin, calibration_error
from nlu.languages import LANGUAGES

# Okabe and Ito's colours: told apart with every kind of colour blindness, readable on white and on black.
_COLOURS = ("#999999", "#56b4e9", "#e69f00", "#009e73", "#0072b2", "#d55e00", "#cc79a7")
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.ground { fill: #ffffff } .line { stroke: #d0d7de } .strong { stroke: #57606a }
.title { font-size: 15px; font-weight: 600 } .small { font-size: 11px; fill: #57606a } .mark { stroke: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .ground { fill: #0d1117 } .line { stroke: #30363d } .strong { stroke: #9198a1 }
  .small { fill: #9198a1 } .mark { stroke: #0d1117 }
}
"""
_WIDTH = 860
_LANE = 58  # height of a measure: a dot of each language one under the other
# Shares that should be small are drawn as what is left, so that right is better in every line.
_MEASURES = {
    "top1": "right article first",
    "top3": "among the first three",
    "clarify": "asks for the country",
    "urgent_recall": "emergency found",
    "false_urgent": "no false alarm",
    "declined": "off-topic declined",
    "false_declined": "question not declined",
    "language": "language and script",
}


class _Drawing:
    """An SVG in the making. Lengths are pixels from the upper left corner."""

    def __init__(self, height: float, title: str) -> None:
        box = f"0 0 {_WIDTH} {height:g}"
        self.root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=box, role="img")
        SubElement(self.root, "title").text = title
        SubElement(self.root, "style").text = _STYLE
        self.add("rect", width=_WIDTH, height=height, rx=6, class_="ground")
        self.text(20, 28, title, class_="title")

    def add(self, name: str, **attributes: object) -> Element:
        """``class_`` and ``stroke_width`` stand for class and stroke-width."""
        plain = {
            key.rstrip("_").replace("_", "-"): f"{value:g}" if isinstance(value, float) else str(value)
            for key, value in attributes.items()
        }
        return SubElement(self.root, name, plain)

    def text(self, x: float, y: float, words: str, **attributes: object) -> None:
        self.add("text", x=x, y=y, **attributes).text = words

    def line(self, start: tuple[float, float], end: tuple[float, float], **attributes: object) -> None:
        self.add("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **attributes)

    def __str__(self) -> str:
        indent(self.root)
        return tostring(self.root, encoding="unicode") + "\n"


def languages_chart(table: Mapping[str, Figures]) -> str:
    """A line for each measure, a dot for each language, a bar where the target is."""
    tags = [tag for tag in LANGUAGES if tag in table]
    drawing = _Drawing(height=110 + _LANE * len(_MEASURES), title="Understanding, by language")
    lowest = _floor(_good(name, table[tag][name]) for name in _MEASURES for tag in tags)
    left, right = 190, _WIDTH - 40

    def place(share: float) -> float:
        return left + (right - left) * (share - lowest) / (1 - lowest)

    bottom = 66 + _LANE * len(_MEASURES)
    for tenth in range(round(lowest * 10), 11):
        x = place(tenth / 10)
        drawing.line((x, 70), (x, bottom), class_="line")
        drawing.text(x, bottom + 18, f"{tenth * 10} %", class_="small", text_anchor="middle")
    for number, (name, words) in enumerate(_MEASURES.items()):
        y = 98 + _LANE * number
        drawing.text(left - 16, y + 4, words, text_anchor="end")
        target = _good(name, TARGETS[name].share) or 0.0
        drawing.line((place(target), y - 25), (place(target), y + 25), class_="strong", stroke_width=3)
        for lane, tag in enumerate(tags):
            if (share := _good(name, table[tag][name])) is not None:
                drawing.add(
                    "circle",
                    cx=place(share),
                    cy=y - 20 + 8 * lane,
                    r=4.5,
                    fill=_COLOURS[lane + 1],
                    class_="mark",
                )
    _legend(drawing, list(zip(tags, _COLOURS[1:], strict=False)), y=52)
    note = f"{table['all']['rows']} messages; upright bar: target"
    drawing.text(right, 52, note, class_="small", text_anchor="end")
    return str(drawing)


def _good(name: str, share: float | int | None) -> float | None:
    if share is None:
        return None
    return 1 - share if TARGETS[name].at_most else float(share)


def _floor(shares: Iterable[float | None]) -> float:
    """The tenth below the smallest share, at most nine tenths."""
    smallest = min((share for share in shares if share is not None), default=0.9)
    return min(0.9, int(smallest * 10) / 10)


def _legend(drawing: _Drawing, entries: Sequence[tuple[str, str]], y: float) -> None:
    x = 20.0
    for words, colour in entries:
        drawing.add("circle", cx=x + 6, cy=y - 4, r=5.5, fill=colour)
        drawing.text(x + 18, y, words)
        x += 34 + 7.2 * len(words)


def peers_chart(comparisons: Sequence[Comparison]) -> str:
    """A group of bars for each language: right article first, and paler on top of it among the first three."""
    tags = list(comparisons[0].answers)
    top, bottom, left = 70, 330, 50
    drawing = _Drawing(height=bottom + 60 + 22 * len(comparisons), title="Finding the right article")
    for tenth in range(0, 11, 2):
        y = bottom - (bottom - top) * tenth / 10
        drawing.line((left, y), (_WIDTH - 20, y), class_="line")
        drawing.text(left - 8, y + 4, f"{tenth * 10} %", class_="small", text_anchor="end")
    group = (_WIDTH - 20 - left) / len(tags)
    bar = group * 0.84 / len(comparisons)
    for number, tag in enumerate(tags):
        start = left + group * number + group * 0.08
        drawing.text(start + group * 0.42, bottom + 20, tag, text_anchor="middle")
        for place, (each, colour) in enumerate(zip(comparisons, _COLOURS, strict=False)):
            first, three = _first_and_three(each, tag)
            x = start + bar * place
            for share, opacity in ((three, 0.35), (first, 1.0)):
                height = (bottom - top) * share
                drawing.add(
                    "rect",
                    x=x + 1,
                    y=bottom - height,
                    width=bar - 2,
                    height=height,
                    fill=colour,
                    opacity=opacity,
                )
    rows = comparisons[0].answers["all"]["rows"]
    note = f"{rows} questions; full: right article first, pale: among the first three"
    drawing.text(20, 52, note, class_="small")
    _costs(drawing, comparisons, bottom + 50)
    return str(drawing)


def _first_and_three(each: Comparison, tag: str) -> tuple[float, float]:
    return each.answers[tag]["top1"] or 0.0, each.answers[tag]["top3"] or 0.0


def _costs(drawing: _Drawing, comparisons: Sequence[Comparison], y: float) -> None:
    """The legend, with what each costs."""
    for number, (each, colour) in enumerate(zip(comparisons, _COLOURS, strict=False)):
        line = y + 22 * number
        drawing.add("rect", x=20, y=line - 11, width=12, height=12, fill=colour)
        drawing.text(40, line, each.name)
        first, three = _first_and_three(each, "all")
        for x, words in (
            (330, f"{first * 100:.0f} / {three * 100:.0f} %"),
            (450, f"{each.answers['all']['p50_ms']:.1f} ms"),
            (570, f"{each.peak_mb:,.0f} MB" if each.peak_mb else ""),
            (720, f"{_duration(each.training_s)} to train" if each.training_s is not None else ""),
        ):
            drawing.text(x, line, words, text_anchor="end")


def _duration(seconds: float) -> str:
    return (
        f"{seconds:.1f} s"
        if seconds < 10
        else f"{seconds:.0f} s"
        if seconds < 600
        else f"{seconds / 60:.0f} min"
    )


def reliability_chart(sets: Mapping[str, Sequence[Bin]]) -> str:
    """Probability against the share that was right, for each set; a circle's area is the number of questions."""
    left, top, side = 60, 60, 340
    drawing = _Drawing(height=top + side + 60, title="What a probability means")

    def point(probability: float, right: float) -> tuple[float, float]:
        return left + side * probability, top + side * (1 - right)

    for tenth in range(0, 11, 2):
        share = tenth / 10
        drawing.line(point(share, 0), point(share, 1), class_="line")
        drawing.line(point(0, share), point(1, share), class_="line")
        drawing.text(point(share, 0)[0], top + side + 18, f"{share:g}", class_="small", text_anchor="middle")
        drawing.text(left - 8, point(0, share)[1] + 4, f"{share:g}", class_="small", text_anchor="end")
    drawing.line(point(0, 0), point(1, 1), class_="strong", stroke_dasharray="5 4")
    drawing.text(
        left + side / 2, top + side + 40, "probability given to the first answer", text_anchor="middle"
    )
    drawing.text(left + side + 40, top + 16, "Share of first answers that were right. On the dashed line")
    drawing.text(left + side + 40, top + 34, "a probability means what it says; above it, it is modest.")
    for number, (name, bins) in enumerate(sets.items()):
        colour = _COLOURS[(4, 2)[number % 2]]
        _curve(drawing, [(*point(each.probability, each.right), each.count) for each in bins], colour)
        y = top + 76 + 24 * number
        drawing.add("circle", cx=left + side + 47, cy=y - 4, r=5.5, fill=colour)
        drawing.text(left + side + 62, y, f"{name}: {_summary(bins)}")
    return str(drawing)


def _curve(drawing: _Drawing, points: Sequence[tuple[float, float, int]], colour: str) -> None:
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    drawing.add("polyline", points=joined, fill="none", stroke=colour, stroke_width=2)
    for x, y, count in points:
        drawing.add("circle", cx=x, cy=y, r=count**0.5 + 1.5, fill=colour, fill_opacity=0.75, class_="mark")


def _summary(bins: Sequence[Bin]) -> str:
    error = calibration_error(bins)
    count = sum(each.count for each in bins)
    return (
        f"{count} questions, calibration error {error * 100:.1f} points"
        if error is not None
        else "no questions"
    )
