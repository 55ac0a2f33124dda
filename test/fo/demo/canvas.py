"""An SVG with this project's colours, which suit a light and a dark page."""
from xml.sax.saxutils import escape

WIDTH = 900
_CHARACTER, _BOLD = 5.9, 6.9  # mean widths in the small fonts

_STYLE = """
text { font-family: "DejaVu Sans", Verdana, Helvetica, Arial, sans-serif; fill: #3a4150 }
.small { font-size: 11px }
.name { font-size: 11px; font-weight: bold }
.title { font-size: 14px; font-weight: bold }
.gap-text { font-size: 11px; font-weight: bold; fill: #a02c25 }
.page { fill: #fbfbfc; stroke: #d9dce3 }
.plate { fill: #fbfbfc; opacity: .85 }
.main { fill: #4a76b8 }
.sub { fill: #d9963a }
.echo { fill: #6aa781 }
.gap { fill: #f0c4bf }
.grid { stroke: #e3e6eb }
.zero { stroke: #8a93a3; stroke-dasharray: 3 2 }
.pointer { stroke: #8a93a3 }
@media (prefers-color-scheme: dark) {
text { fill: #c9d1dc }
.gap-text { fill: #ff9d92 }
.page { fill: #14181f; stroke: #2d3440 }
.plate { fill: #14181f }
.gap { fill: #5c2b2a }
.grid { stroke: #272e39 }
.zero, .pointer { stroke: #6b7585 }
}
"""


def text_width(text, bold=False):
    """About; the fonts of readers differ."""
    return len(text) * (_BOLD if bold else _CHARACTER)


class Canvas:
    def __init__(self, title, style=""):
        """`style`: of classes that this drawing alone has."""
        self._title = title
        self._style = _STYLE + style.lstrip("\n")
        self._behind = []
        self._parts = []

    def rect(self, x, y, width, height, style, behind=False):
        (self._behind if behind else self._parts).append(
            f'<rect class="{style}" x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{height:g}"/>')

    def line(self, x1, y1, x2, y2, style, behind=False):
        (self._behind if behind else self._parts).append(
            f'<path class="{style}" d="M{x1:.1f} {y1:g}L{x2:.1f} {y2:g}"/>')

    def polyline(self, points, style):
        self._shape(points, style, "")

    def polygon(self, points, style):
        self._shape(points, style, "Z")

    def _shape(self, points, style, end):
        way = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self._parts.append(f'<path class="{style}" d="M{way}{end}"/>')

    def dot(self, x, y, radius, style):
        self._parts.append(f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>')

    def write(self, x, y, text, style, anchor="start"):
        self._parts.append(f'<text class="{style}" x="{x:.1f}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>')

    def text(self, height):
        """The whole drawing."""
        body = "\n".join(self._behind + self._parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}"'
                f' height="{height:g}" role="img">\n<title>{escape(self._title)}</title>\n'
                f'<style>{self._style}</style>\n<rect class="page" x=".5" y=".5" rx="6" width="{WIDTH - 1}"'
                f' height="{height - 1:g}"/>\n{body}\n</svg>\n')
