"""Draws the results as SVG: a bar for each ratio, a line for each cost against size."""

import html
import math

COLOURS = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22",
           "#7f7f7f", "#ff7f0e"]
STYLE = ('<style>text{font:12px sans-serif;fill:#222}.small{font-size:11px;fill:#555}'
         '.grid{stroke:#ddd}.one{stroke:#222}</style>')


def _text(x, y, words, anchor="start", kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{html.escape(words)}</text>'


def _line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def _page(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}">{STYLE}<rect width="100%" height="100%" fill="#fff"/>'
            + "\n".join(parts) + "</svg>\n")


def _ticks(low, high):
    """Returns 1, 2 and 5 times the powers of ten between two values."""
    found = [step * 10.0 ** power for power in range(math.floor(math.log10(low)) - 1,
                                                      math.ceil(math.log10(high)) + 1)
             for step in (1, 2, 5)]
    return [tick for tick in found if low <= tick <= high]


def ratios(results, group):
    """Draws how many times better ours is for each row of a group, on a logarithmic scale."""
    rows = [(r.row.title, r.paired("debian"), r.row.bar) for r in results
            if r.group == group and r.paired("debian")]
    if not rows:
        return _page(400, 40, [_text(10, 25, "nothing was measured")])
    left, width, step = 330, 900, 20
    low = min(0.5, *(ratio for _, ratio, _ in rows))
    high = max(2.0, *(max(ratio, bar or 0) for _, ratio, bar in rows)) * 1.2

    def at(value):
        return left + (width - left - 60) * math.log(value / low) / math.log(high / low)

    bottom = 50 + step * len(rows)
    parts = [_text(10, 20, "Ours against Debian's slapd: how many times better (line: the bar to reach)")]
    for tick in _ticks(low, high):
        parts += [_line(at(tick), 36, at(tick), bottom, "one" if tick == 1 else "grid"),
                  _text(at(tick), bottom + 14, f"{tick:g}x", "middle", "small")]
    for i, (title, ratio, bar) in enumerate(rows):
        y = 40 + step * i
        good = ratio >= (bar or 1)
        begin, end = sorted((at(1.0), at(ratio)))
        parts += [_text(left - 8, y + 13, title, "end"),
                  f'<rect x="{begin:.1f}" y="{y + 3}" width="{max(end - begin, 1):.1f}" height="13" '
                  f'fill="{"#2ca02c" if good else "#d62728"}"/>',
                  _text(end + 5, y + 13, f"{ratio:.1f}x", "start", "small")]
        if bar:
            parts.append(_line(at(bar), y, at(bar), y + step - 1, "one"))
    return _page(width, bottom + 26, parts)


def growth(series):
    """Draws cost against entries. series: [{title, points: {kind: [(size, µs)]}}]."""
    flat = [(size, cost) for one in series for points in one["points"].values()
            for size, cost in points if cost]
    if not flat:
        return _page(400, 40, [_text(10, 25, "nothing was measured")])
    left, right, top, bottom, width = 70, 620, 50, 450, 900
    low_x, high_x = min(p[0] for p in flat), max(p[0] for p in flat)
    low_y, high_y = min(p[1] for p in flat) / 1.2, max(p[1] for p in flat) * 1.2

    def at(size, cost):
        across = math.log(size / low_x) / (math.log(high_x / low_x) or 1)
        return (left + (right - left) * across,
                bottom - (bottom - top) * math.log(cost / low_y) / math.log(high_y / low_y))

    parts = [_text(10, 20, "Server CPU per operation (µs) against entries; full: ours, dashed: Debian")]
    for tick in _ticks(low_y, high_y):
        y = at(low_x, tick)[1]
        parts += [_line(left, y, right, y, "grid"), _text(left - 6, y + 4, f"{tick:g}", "end", "small")]
    for size in sorted({p[0] for p in flat}):
        x = at(size, high_y)[0]
        parts += [_line(x, top, x, bottom, "grid"), _text(x, bottom + 16, f"{size:,}".replace(",", " "),
                                                          "middle", "small")]
    for i, one in enumerate(series):
        colour = COLOURS[i % len(COLOURS)]
        for kind, points in one["points"].items():
            path = " ".join("{:.1f},{:.1f}".format(*at(size, cost)) for size, cost in points if cost)
            dash = ' stroke-dasharray="5,4"' if kind == "debian" else ""
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        parts += [f'<rect x="{right + 20}" y="{top + 20 * i}" width="12" height="12" fill="{colour}"/>',
                  _text(right + 38, top + 11 + 20 * i, one["title"])]
    return _page(width, bottom + 40, parts)
