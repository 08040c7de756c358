"""The icicle as one HTML file that asks for nothing: a drawing to zoom into, and a table."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from profiler import display
from profiler.analysis.flame import Frame, Measure
from profiler.domain.totals import NOTHING, Totals
from profiler.report.flame.drawing import STYLE as DRAWING_STYLE, as_drawing
from profiler.report.style import STYLE

_MOST_ROWS = 40

_PAGE_STYLE = f"""
{STYLE}
body {{ max-width: 84rem; }}
table {{ margin-top: 1.8rem; }}
.flame g {{ cursor: zoom-in; }}
""".strip()

_ZOOM = """
const svg = document.querySelector('svg.flame'), full = svg.viewBox.baseVal.width;
const groups = [...svg.querySelectorAll('g')].map(g => {
  const rect = g.querySelector('rect'), text = g.querySelector('text');
  return {g, rect, text, x: +rect.getAttribute('x'), y: +rect.getAttribute('y'),
          w: +rect.getAttribute('width')};
});
function zoom(to) {
  const scale = full / to.w;
  for (const each of groups) {
    const outside = each.x + each.w <= to.x + .01 || each.x >= to.x + to.w - .01;
    each.g.style.display = outside ? 'none' : '';
    const left = Math.max((each.x - to.x) * scale, 0);
    each.rect.setAttribute('x', left);
    each.rect.setAttribute('width', Math.min(each.w * scale, full - left));
    if (each.text) each.text.setAttribute('x', left + 3);
  }
}
for (const each of groups) each.g.addEventListener('click', () => zoom(each));
""".strip()


def as_flame_page(root: Frame, measure: Measure, title: str, subtitle: str) -> str:
    """The document; its policy allows the one script it carries and nothing else."""
    title, subtitle = display.plain(title), display.plain(subtitle)
    allowed = b64encode(sha256(_ZOOM.encode()).digest()).decode()
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'unsafe-inline'; script-src 'sha256-{allowed}'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_PAGE_STYLE}\n{DRAWING_STYLE}\n</style>\n</head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n<p>{escape(subtitle)} Click a frame to look into it,"
        " the top one to come back.</p>\n"
        f"{as_drawing(root, measure, title)}{_table(root)}"
        f"<script>{_ZOOM}</script>\n</body>\n</html>\n"
    )


def _table(root: Frame) -> str:
    rows = "".join(
        f'<tr><td class="long">{escape(display.label(name))}</td>{_numbers(own)}</tr>\n'
        for name, own in dearest(root)[:_MOST_ROWS]
    )
    heads = "".join(f'<th class="number">{text}</th>' for text in ("Spend", "Calls", "Tokens"))
    return f"<table>\n<thead><tr><th>Calls made here</th>{heads}</tr></thead>\n{rows}</table>\n"


def _numbers(totals: Totals) -> str:
    cells = (
        display.spend(totals),
        display.count(totals.calls),
        display.count(totals.tokens),
    )
    return "".join(f'<td class="number">{escape(cell)}</td>' for cell in cells)


def dearest(root: Frame) -> list[tuple[str, Totals]]:
    """Frames by what the calls they made themselves cost, wherever they stand in the tree."""
    found: dict[str, Totals] = {}
    for path, totals in root.paths():
        name = path[-1]
        found[name] = found.get(name, NOTHING) + totals
    return sorted(found.items(), key=lambda row: (-row[1].spend_pusd, -row[1].calls, row[0]))
