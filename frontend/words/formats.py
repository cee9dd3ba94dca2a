"""Numbers, durations and tuples as the pages write them. Values are rounded only here, never stored so."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

MINUS = "\u2212"
NOTHING = "\u2013"
"""What stands where there is no number."""


def number(value: float | None, decimals: int = 2) -> str:
    """A number with a fixed count of decimals and a real minus sign; large ones lose their decimals."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if abs(value) >= 1e7:
        return compact(value)
    if abs(value) >= 10_000:
        decimals = 0
    text = f"{value:,.{decimals}f}" if abs(value) >= 10_000 else f"{value:.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS).replace(",", "\u2009")


def plus_minus(stderr: float | None, decimals: int = 2) -> str:
    """A standard error, as it stands after its value; empty where there is none."""
    if stderr is None or not math.isfinite(stderr):
        return ""
    return f"\u00b1 {stderr:.{decimals}f}" if stderr >= 10**-decimals / 2 or stderr == 0 else f"\u00b1 {stderr:.1g}"


MOST_DECIMALS = 7
"""An error that would take more is that of rounding."""


def decimals_for(stderr: float | None, least: int) -> int:
    """Decimals that show two digits of a standard error, and at least so many; one of rounding asks for no more."""
    if stderr is None or not 0 < stderr < math.inf:
        return least
    wanted = 1 - math.floor(math.log10(stderr))
    return max(least, wanted) if wanted <= MOST_DECIMALS else least


def compact(value: float | None) -> str:
    """A setting such as beta or a learning rate, as short as it can be said."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{value:.4g}".replace("-", MINUS)


def duration(seconds: float | None) -> str:
    """A span of time in its two largest units: ``40 s``, ``4 min``, ``2 h 5 min``."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return NOTHING
    if seconds < 10:
        return f"{max(1, math.ceil(seconds))} s" if seconds else "0 s"
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def size(count: float | None) -> str:
    """Bytes, in the largest unit that keeps a number above one."""
    if count is None:
        return NOTHING
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def tuple_text(symbols: str) -> str:
    """The tuple as the papers print it: ``-+v`` becomes ``(−, +, v)``."""
    return f"({', '.join(symbols.replace('-', MINUS))})"


def tuple_mark(symbols: str) -> str:
    """The tuple without brackets, for narrow places."""
    return symbols.replace("-", MINUS)


def method_words(name: str, *, changed: bool) -> str:
    """The method that a run was asked for by, and whether its own fields made it something else."""
    return f"{name}, changed" if changed else name


def instant(text: str | None) -> datetime | None:
    """A time of the API as an aware datetime."""
    if not text:
        return None
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def since(earlier: str | None, later: str | None) -> float | None:
    """Seconds between two times of the API."""
    start, end = instant(earlier), instant(later)
    return None if start is None or end is None else (end - start).total_seconds()


def ago(text: str | None, now: datetime) -> str:
    """How long ago a time was."""
    moment = instant(text)
    if moment is None:
        return NOTHING
    seconds = (now - moment).total_seconds()
    return "just now" if seconds < 10 else f"{duration(seconds)} ago"


def clock(text: str | None) -> str:
    """A time of the API to the second, in UTC."""
    moment = instant(text)
    return NOTHING if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 run``, ``2 runs``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def told(count: int, done: str, refusals: Sequence[str]) -> str:
    """What came of an action on several runs, in one line: ``2 runs cancelled; 1 not: it has already failed``."""
    words = f"{plural(count, 'run')} {done}"
    return f"{words}; {len(refusals)} not: {refusals[0]}" if refusals else f"{words}."
