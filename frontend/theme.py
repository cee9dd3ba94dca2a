"""Colours of the two schemes; the categorical ones stay apart under the common colour blindnesses."""

from dataclasses import dataclass
from typing import Any, Literal

Scheme = Literal["light", "dark"]

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'


@dataclass(frozen=True, kw_only=True)
class Palette:
    """What a figure needs of one scheme."""

    text: str
    muted: str
    grid: str
    axis: str
    surface: str
    """Behind the plot, and the rim of each mark."""
    shade: str
    """Fill of the infeasible region."""
    line: str
    """The frontier."""
    accent: str
    """The selected point."""
    series: tuple[str, ...]
    """Colours of categories: 3 to 1 against the surface, and apart from each other for every sight."""


PALETTES: dict[Scheme, Palette] = {
    "light": Palette(
        text="#1b1e23",
        muted="#5c6470",
        grid="#eceef1",
        axis="#cfd4da",
        surface="#ffffff",
        shade="rgba(92, 100, 112, 0.09)",
        line="#1b1e23",
        accent="#c8420d",
        series=("#2961ba", "#d28015", "#14936d", "#b368ae", "#299ae6", "#8a6c16"),
    ),
    "dark": Palette(
        text="#e6e8eb",
        muted="#9aa2ad",
        grid="#262b32",
        axis="#3a414a",
        surface="#14171c",
        shade="rgba(154, 162, 173, 0.10)",
        line="#e6e8eb",
        accent="#ff7a3d",
        series=("#4f9ae3", "#f2ba33", "#42c998", "#d373ad", "#96d1f9", "#c4a44d"),
    ),
}

MANTINE: dict[str, Any] = {
    "fontFamily": FONT,
    "fontFamilyMonospace": 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    "primaryColor": "frontier",
    "primaryShade": {"light": 7, "dark": 7},
    "defaultRadius": 6,
    "cursorType": "pointer",
    "focusRing": "auto",
    "colors": {
        "frontier": [
            "#edf4fb", "#d6e5f3", "#aacbe8", "#7cafdd", "#5797d2",
            "#3f88cc", "#2f7cc0", "#1c5d99", "#154c80", "#0b3b68",
        ],
        "dark": [
            "#e6e8eb", "#c3c9d1", "#9aa2ad", "#78818d", "#343b45",
            "#2a3038", "#1b2027", "#14171c", "#101317", "#0b0d10",
        ],
    },
    "components": {
        "Select": {"defaultProps": {"size": "sm", "allowDeselect": False, "checkIconPosition": "right"}},
        "Tooltip": {"defaultProps": {"openDelay": 300, "withArrow": True}},
    },
}  # fmt: skip
"""The theme of the components."""


def palette(scheme: str | None) -> Palette:
    """The colours of a scheme; light where none is known yet."""
    return PALETTES["dark" if scheme == "dark" else "light"]


def base_layout(colours: Palette) -> dict[str, Any]:
    """What every figure's layout has in common."""
    axis = {
        "gridcolor": colours.grid,
        "linecolor": colours.axis,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": colours.axis,
        "tickfont": {"size": 12, "color": colours.text},
        "title": {"font": {"size": 13, "color": colours.text}, "standoff": 8},
    }
    return {
        "font": {"family": FONT, "size": 12, "color": colours.text},
        "paper_bgcolor": colours.surface,
        "plot_bgcolor": colours.surface,
        "hoverlabel": {
            "bgcolor": colours.surface,
            "bordercolor": colours.axis,
            "font": {"family": FONT, "size": 12, "color": colours.text},
            "align": "left",
        },
        "legend": {"font": {"size": 12, "color": colours.text}, "bgcolor": "rgba(0,0,0,0)"},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": colours.muted, "activecolor": colours.text},
        "xaxis": axis,
        "yaxis": axis,
    }
