"""Pictures and text of a chip under design: numpy alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Canvas = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """What there is to show."""

    title: str
    #: Where the episode stands.
    state: str
    #: What fast_environment_chip gives; None where there is no chip.
    chip: dict[str, Any] | None
    info: dict[str, Any]
    is_over: bool
    reward: float


#: Okabe and Ito's colours, which readers with colour blindness can tell apart, and two greys, by component.
COLOURS: dict[str, Colour] = {
    "systolic-arrays": (0, 114, 178), "vector-units": (86, 180, 233), "l1": (0, 158, 115), "l2": (240, 228, 66),
    "global-memory": (230, 159, 0), "network": (204, 121, 167), "dram-interface": (213, 94, 0), "control-and-clock": (150, 150, 150),
    "host": (200, 200, 200),
}  # fmt: skip
INK: Colour = (30, 30, 30)
FAINT: Colour = (120, 120, 120)
PAPER: Colour = (255, 255, 255)
GROUND: Colour = (240, 240, 240)
OVER: Colour = (190, 30, 30)

SIZE = (500, 830)  # rows, columns
PLAN = (20, 76, 360)  # left, top, side


def text(view: View) -> str:
    """The view as lines of text."""
    lines = [f"{view.title}: {view.state}"]
    if view.chip is not None:
        design = view.chip["design"]
        datapath = design["datapath"]
        grid, array = datapath["peGrid"], datapath["array"]
        lines.append(
            f"  {grid['x']}x{grid['y']} PEs of {array['x']}x{array['y']} MACs, {datapath['globalMemoryMiB']} MiB Global Memory, "
            f"batch {design['batch']}" + ("" if view.chip["complete"] else " (what is undecided at its cheapest)")
        )
        for key, unit in (("areaMM2", "mm2"), ("tdpWatts", "W")):
            found, budget = view.chip[key], view.chip["budget"][key]
            filled = round(20 * min(1.0, found / budget))
            lines.append(f"  {key[:4]:4} [{'#' * filled}{'.' * (20 - filled)}] {found:.4g} of {budget:.4g} {unit}")
        for component in _components(view.chip):
            lines.append(f"    {component['name']:18} {component['areaMM2']:9.4g} mm2 {component['tdpWatts']:9.4g} W")
    lines += ["  " + line for line in _results(view)]
    return "\n".join(lines) + "\n"


def picture(view: View) -> Canvas:
    """The view as an RGB picture: on the left the floor plan within the area budget, on the right what it is made of, and the results."""
    canvas: Canvas = np.full((*SIZE, 3), PAPER, dtype=np.uint8)
    _write(canvas, 20, 14, view.title, INK, scale=3)
    _write(canvas, 20, 46, view.state, FAINT, scale=2)
    if view.chip is None:
        left, top, side = PLAN
        _fill(canvas, (left, top, side, side), GROUND)
        _write(canvas, left + 20, top + side / 2, "no chip to show", FAINT, scale=2)
    else:
        _floor_plan(canvas, view.chip)
        _legend(canvas, view.chip)
    for number, line in enumerate(_results(view)):
        _write(canvas, 402, 384 + 22 * number, line, INK, scale=2)
    return canvas


def _components(chip: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of the chip, the largest first."""
    return sorted((part for part in chip["components"] if part["areaMM2"] > 0), key=lambda part: -part["areaMM2"])


def _results(view: View) -> list[str]:
    if not view.is_over:
        return []
    if "feasible" not in view.info:
        return [f"reward {view.reward:.4g}"]
    if not view.info["feasible"]:
        return [f"infeasible: {view.info['infeasibility']}, {view.info['excess']:.3g}x the limit", f"reward {view.reward:.4g}"]
    lines = [f"objective {view.info['objective']:.4g}x the baseline", f"reward {view.reward:.4g}"]
    for name, metrics in list(view.info["workloads"].items())[:3]:
        lines.append(f"{name} {metrics['objective_ratio']:.3g}x, {metrics['inferences_per_second']:.4g}/s")
    return lines


def _floor_plan(canvas: Canvas, chip: dict[str, Any]) -> None:
    """The chip as a square whose area is in proportion to the budget's, its components in proportion to it."""
    left, top, side = PLAN
    area, budget = chip["areaMM2"], chip["budget"]["areaMM2"]
    scale = side / math.sqrt(max(area, budget))
    budget_side, chip_side = scale * math.sqrt(budget), scale * math.sqrt(area)
    _fill(canvas, (left, top + side - budget_side, budget_side, budget_side), GROUND)
    parts = _components(chip)
    rectangles = treemap([part["areaMM2"] for part in parts], (left, top + side - chip_side, chip_side, chip_side))
    for part, rectangle in zip(parts, rectangles):
        x, y, width, height = rectangle
        colour = COLOURS.get(part["name"], FAINT)
        _fill(canvas, rectangle, colour)
        _frame(canvas, rectangle, PAPER)
        name = str(part["name"])
        if width > 6 * len(name) + 8 and height > 14:
            dark = 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2] < 130
            _write(canvas, x + 5, y + 5, name, PAPER if dark else INK)
    _frame(canvas, (left, top + side - budget_side, budget_side, budget_side), OVER if area > budget else FAINT)
    note = f"{area:.4g} of {budget:.4g} mm2" + ("" if chip["complete"] else ", the rest at its cheapest")
    _write(canvas, left, top + side + 10, note, FAINT, scale=2)


def _legend(canvas: Canvas, chip: dict[str, Any]) -> None:
    _write(canvas, 420, 76, f"{'component':17} {'mm2':>6} {'W':>6}", FAINT, scale=2)
    for number, part in enumerate(_components(chip)):
        y = 98 + 21 * number
        _fill(canvas, (402, y, 13, 13), COLOURS.get(part["name"], FAINT))
        _write(canvas, 420, y, f"{part['name']:17} {part['areaMM2']:6.3g} {part['tdpWatts']:6.3g}", INK, scale=2)
    for number, (key, label, unit) in enumerate((("areaMM2", "area", "mm2"), ("tdpWatts", "TDP", "W"))):
        y = 294 + 42 * number
        found, budget = chip[key], chip["budget"][key]
        _write(canvas, 402, y, f"{label} {found:.4g} of {budget:.4g} {unit}", INK, scale=2)
        _fill(canvas, (402, y + 20, 390, 10), GROUND)
        _fill(canvas, (402, y + 20, 390 * min(1.0, found / budget), 10), OVER if found > budget else COLOURS["systolic-arrays"])


def treemap(areas: Sequence[float], within: Rectangle) -> list[Rectangle]:
    """Rectangles in proportion to areas (in descending order) that fill one, as square as may be: Bruls, Huizing, van Wijk, "Squarified Treemaps", 2000."""
    x, y, width, height = within
    total = sum(areas)
    if not areas or total <= 0:
        return []
    sizes = [area * width * height / total for area in areas]
    rectangles: list[Rectangle] = []
    while sizes:
        short = min(width, height)
        if short <= 0:
            rectangles += [(x, y, 0.0, 0.0)] * len(sizes)
            break
        count = 1
        while count < len(sizes) and _worst(sizes[: count + 1], short) <= _worst(sizes[:count], short):
            count += 1
        row, sizes = sizes[:count], sizes[count:]
        depth = sum(row) / short
        offset = 0.0
        for size in row:
            length = size / depth if depth else 0.0
            if width >= height:
                rectangles.append((x, y + offset, depth, length))
            else:
                rectangles.append((x + offset, y, length, depth))
            offset += length
        if width >= height:
            x, width = x + depth, width - depth
        else:
            y, height = y + depth, height - depth
    return rectangles


def _worst(row: Sequence[float], short: float) -> float:
    """The worst ratio of sides in a row along a side."""
    total, least, largest = sum(row), min(row), max(row)
    if least <= 0:
        return math.inf
    return max(short * short * largest / (total * total), total * total / (short * short * least))


def _span(start: float, length: float, limit: int) -> slice:
    return slice(max(0, min(limit, round(start))), max(0, min(limit, round(start + length))))


def _fill(canvas: Canvas, rectangle: Rectangle, colour: Colour) -> None:
    x, y, width, height = rectangle
    canvas[_span(y, height, canvas.shape[0]), _span(x, width, canvas.shape[1])] = colour


def _frame(canvas: Canvas, rectangle: Rectangle, colour: Colour) -> None:
    x, y, width, height = rectangle
    for edge in ((x, y, width, 1), (x, y + height - 1, width, 1), (x, y, 1, height), (x + width - 1, y, 1, height)):
        _fill(canvas, edge, colour)


def _write(canvas: Canvas, x: float, y: float, words: str, colour: Colour, scale: float = 1) -> None:
    """Writes words with their upper left corner at x, y; what lies outside of the canvas is left out."""
    for number, character in enumerate(words):
        glyph = _glyph(character)
        rows, columns = (np.arange(round(8 * scale)) / scale).astype(int), (np.arange(round(5 * scale)) / scale).astype(int)
        dots = np.argwhere(glyph[np.minimum(rows, 7)][:, np.minimum(columns, 4)])
        places = dots + (round(y), round(x + 6 * scale * number))
        inside = np.all((places >= 0) & (places < canvas.shape[:2]), axis=1)
        canvas[tuple(places[inside].T)] = colour


def _glyph(character: str) -> npt.NDArray[np.bool_]:
    """Eight rows of five dots."""
    position = ord(character) - 32
    if not 0 <= position < len(_FONT) // 10:
        position = ord("?") - 32
    columns = np.frombuffer(bytes.fromhex(_FONT[10 * position : 10 * position + 10]), dtype=np.uint8)
    return ((columns[None, :] >> np.arange(8)[:, None]) & 1).astype(np.bool_)


#: ASCII from the blank to the tilde in 5 by 8 dots: five bytes a character, a byte a column, the lowest bit at the top.
_FONT = (
    "0000000000" "00005F0000" "0007000700" "147F147F14" "242A7F2A12" "2313086462" "3649562050" "0008070300"
    "001C224100" "0041221C00" "2A1C7F1C2A" "08083E0808" "0080703000" "0808080808" "0000606000" "2010080402"
    "3E5149453E" "00427F4000" "7249494946" "2141494D33" "1814127F10" "2745454539" "3C4A494931" "4121110907"
    "3649494936" "464949291E" "0000140000" "0040340000" "0008142241" "1414141414" "0041221408" "0201590906"
    "3E415D594E" "7C1211127C" "7F49494936" "3E41414122" "7F4141413E" "7F49494941" "7F09090901" "3E41415173"
    "7F0808087F" "00417F4100" "2040413F01" "7F08142241" "7F40404040" "7F021C027F" "7F0408107F" "3E4141413E"
    "7F09090906" "3E4151215E" "7F09192946" "2649494932" "03017F0103" "3F4040403F" "1F2040201F" "3F4038403F"
    "6314081463" "0304780403" "6159494D43" "007F414141" "0204081020" "004141417F" "0402010204" "4040404040"
    "0003070800" "2054547840" "7F28444438" "3844444428" "384444287F" "3854545418" "00087E0902" "18A4A49C78"
    "7F08040478" "00447D4000" "2040403D00" "7F10284400" "00417F4000" "7C04780478" "7C08040478" "3844444438"
    "FC18242418" "18242418FC" "7C08040408" "4854545424" "04043F4424" "3C4040207C" "1C2040201C" "3C4030403C"
    "4428102844" "4C9090907C" "4464544C44" "0008364100" "0000770000" "0041360800" "0201020402"
)  # fmt: skip
