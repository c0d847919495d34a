"""A figure built from top to bottom in inches: text wrapped by its measured width, axes, notes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.transforms import ScaledTranslation

WIDTH = 16 / 2.54
MARGIN = 0.08
BODY, SMALL, HEADING = 10.0, 9.0, 12.0
LEADING = 1.3
# Glyphs snap to pixels when they are drawn, so that a line can come out a little wider than its outline.
SLACK = 1.02
INK, QUIET, RULE = "#1a1a1a", "#4a4a4a", "#767676"
# At least 3:1 against white, apart in grey and under colour blindness; the first two 3:1 against each other.
PALETTE = ("#12436d", "#e0700f", "#000000", "#a8326e", "#5b7f1f")
DASHES: tuple[str | tuple[int, tuple[float, ...]], ...] = (
    "-",
    (0, (5, 1.6)),
    (0, (1, 1.2)),
    "-.",
    (0, (8, 2, 1, 2, 1, 2)),
)
MARKERS = ("o", "s", "D", "^", "v")
FONT = "DejaVu Sans"
# A picture without any description cannot be read out, and no PDF can be set with it.
NOTHING = "There are no numbers to show."
RC = {
    "font.family": FONT,
    "font.size": BODY,
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "no_hinting",
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "svg.fonttype": "path",
    "svg.hashsalt": "recovery-analysis",
    "pdf.fonttype": 3,
}


@dataclass(frozen=True)
class Drawing:
    """A finished figure, and what it shows in words for those who cannot see it."""

    figure: Figure
    title: str
    description: str


def style() -> "matplotlib.rc_context":
    """The context in which every figure is drawn and saved; settings outside it stay as they are."""
    return matplotlib.rc_context({**matplotlib.rcParamsDefault, **RC, "backend": matplotlib.rcParams["backend"]})


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text, inches."""
    font = FontProperties(family=FONT, size=size, weight=weight)
    return SLACK * TextToPath().get_text_width_height_descent(text, font, ismath=False)[0] / 72


def wrap(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Lines of at most `width` inches; a word that is wider stands on a line of its own."""
    lines: list[str] = []
    space, reached = text_width("n n", size, weight) - text_width("nn", size, weight), 0.0
    for word in text.replace("\n", " ").split(" "):
        own = text_width(word, size, weight) if word else 0.0
        if lines and word and reached + space + own <= width:
            lines[-1] += f" {word}"
            reached += space + own
        elif word:
            lines.append(word)
            reached = own
    return lines


def line_height(size: float) -> float:
    """Height of a line of text with its leading, inches."""
    return size * LEADING / 72


@dataclass
class Sheet:
    """A page that grows downwards: `y` is the depth reached so far, inches from the top."""

    y: float = 0.04
    figure: Figure = field(default_factory=lambda: Figure(figsize=(WIDTH, 1)))
    boxes: list[tuple[Axes, float, float, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        FigureCanvasAgg(self.figure)
        top = ScaledTranslation(0, 1, self.figure.transFigure)
        self.inches = self.figure.dpi_scale_trans + top

    def text(self, x: float, y: float, text: str, size: float = BODY, **style: object) -> None:
        """One line of text at (x, y) inches from the top left; `y` is its top unless `va` says otherwise."""
        style.setdefault("va", "top")
        self.figure.text(x, -y, text, fontsize=size, transform=self.inches, **style)

    def line(self, x: float, y: float, to_x: float, to_y: float, color: str, width: float = 1.0) -> None:
        """A straight line between two points, inches from the top left."""
        from matplotlib.lines import Line2D

        ends = Line2D([x, to_x], [-y, -to_y], color=color, linewidth=width, transform=self.inches)
        self.figure.add_artist(ends)

    def paragraph(
        self, text: str, size: float = BODY, weight: str = "normal", color: str = INK, gap: float = 0.05
    ) -> None:
        """Text across the whole width, wrapped; the depth moves below it and leaves `gap` inches."""
        for line in wrap(text, WIDTH - 2 * MARGIN, size, weight):
            self.text(MARGIN, self.y, line, size, weight=weight, color=color)
            self.y += line_height(size)
        self.y += gap

    def heading(self, title: str | None, simulated: str | None) -> None:
        """The label of simulated data first, where it cannot be missed, then the title."""
        if simulated:
            box = {"boxstyle": "square,pad=0.3", "facecolor": "#fff4d6", "edgecolor": INK, "linewidth": 0.8}
            self.text(MARGIN + 0.05, self.y + 0.06, simulated, SMALL, weight="bold", bbox=box)
            self.y += line_height(SMALL) + 0.16
        if title:
            self.paragraph(title, HEADING, "bold", gap=0.08)

    def axes(self, height: float, left: float, right: float = 0.15) -> Axes:
        """Axes of `height` inches whose frame keeps `left` and `right` inches free."""
        axes = self.figure.add_axes((0, 0, 1, 1), label=str(len(self.boxes)))
        self.boxes.append((axes, left, self.y, WIDTH - left - right, height))
        self.y += height
        return axes

    def notes(self, notes: Sequence[str]) -> None:
        """Notes under a thin rule, one paragraph each."""
        self.line(MARGIN, self.y, WIDTH - MARGIN, self.y, RULE, 0.6)
        self.y += 0.07
        for note in notes:
            if note:
                self.paragraph(note, SMALL, color=QUIET, gap=0.03)

    def finish(self, title: str, description: str) -> Drawing:
        """Give the figure its height and the axes their places."""
        height = self.y + 0.05
        self.figure.set_size_inches(WIDTH, height)
        for axes, left, top, width, depth in self.boxes:
            axes.set_position((left / WIDTH, (height - top - depth) / height, width / WIDTH, depth / height))
        return Drawing(self.figure, title, description or NOTHING)


def save(drawing: Drawing, png: str | Path, svg: str | Path, pdf: str | Path) -> None:
    """Write the drawing three times; no date, no chance, so that the same drawing gives the same bytes."""
    for path in (png, svg, pdf):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    with style():
        figure = drawing.figure
        words = {"Title": drawing.title, "Description": drawing.description}
        figure.savefig(
            png, dpi=300, format="png", metadata={"Software": None, **words}, pil_kwargs={"compress_level": 3}
        )
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None, **words})
        about = {
            "Title": drawing.title,
            "Subject": drawing.description,
            "CreationDate": None,
            "Producer": None,
        }
        figure.savefig(pdf, format="pdf", metadata={**about, "Creator": None})
    _name_svg(Path(svg), drawing)


def _name_svg(path: Path, drawing: Drawing) -> None:
    """Give the picture a name and a description that a screen reader announces."""
    from xml.sax.saxutils import escape

    text = path.read_text(encoding="utf-8")
    start = text.index(">", text.index("<svg")) + 1
    names = f"\n <title>{escape(drawing.title)}</title>\n <desc>{escape(drawing.description)}</desc>"
    text = text[: start - 1] + ' role="img" xml:lang="en-GB">' + names + text[start:]
    path.write_text(text, encoding="utf-8", newline="\n")
