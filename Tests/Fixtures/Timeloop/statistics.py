"""Turns timeloop-mapper's .stats.txt files into totals.csv and tensors.csv: counts are summed over instances.

Usage: python3 statistics.py FROM TO, where FROM holds mappings/<architecture>/<layer>/*.stats.txt.
"""

import csv
import pathlib
import re
import sys


TOTALS = {
    "cycles": r"^Cycles: (\d+)$",
    "computeCycles": r"=== MAC ===.*?Cycles\s+: (\d+)$",
    "energyMicrojoule": r"^Energy: (\S+) uJ$",
    "utilizationPercent": r"^Utilization: (\S+)%$",
}
COUNTS = {
    "reads": "Scalar reads (per-instance)",
    "updates": "Scalar updates (per-instance)",
    "fills": "Scalar fills (per-instance)",
}


def name(path: pathlib.Path) -> str:
    return "/".join([*path.parts[-3:-1], path.name.removesuffix(".stats.txt")])


def totals(path: pathlib.Path):
    text = path.read_text()
    return [re.search(pattern, text, re.M | re.S).group(1) for pattern in TOTALS.values()]


def tensors(path: pathlib.Path):
    level = tensor = None
    fields = {}
    for line in path.read_text().splitlines():
        if match := re.match(r"=== (\S+) ===$", line):
            level, tensor = match.group(1), None
        elif match := re.match(r"    (\w+):$", line):
            tensor, fields = match.group(1), {}
        elif tensor and (match := re.match(r"        (.+?)\s+: (\S+)", line)):
            fields[match.group(1)] = match.group(2)
            if match.group(1) == "Energy (total)":
                instances = int(fields["Utilized instances (max)"])
                counts = [instances * int(fields[key]) for key in COUNTS.values()]
                yield [level, tensor, instances, fields["Utilized capacity"], *counts, match.group(2)]
        elif line.startswith("Networks"):
            return


def main() -> None:
    source, target = map(pathlib.Path, sys.argv[1:3])
    paths = sorted(source.glob("mappings/*/*/*.stats.txt"))
    with open(target / "totals.csv", "w") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["mapping", *TOTALS])
        writer.writerows([name(path), *totals(path)] for path in paths)
    with open(target / "tensors.csv", "w") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["mapping", "level", "tensor", "instances", "tileWords", *COUNTS, "energyPJ"])
        writer.writerows([name(path), *row] for path in paths for row in tensors(path))


if __name__ == "__main__":
    main()
