"""What the benchmarks' command lines have in common: their arguments, and how they call the fast command."""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys

# The fast command's exit codes, sysexits.h: wrong usage, a file that isn't as it must be, and a name or a file that isn't there.
EX_USAGE = 64
EX_DATAERR = 65
EX_NOINPUT = 66


class ArgumentParser(argparse.ArgumentParser):
    """Describes a benchmark by its docstring, and ends wrong usage as `fast` does."""

    def __init__(self, description=None, **options):
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(description=description, **options)

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(EX_USAGE, f"{self.prog}: error: {message}\n")


def count(text):
    """A whole number from 1."""
    return _whole_number(text, 1)


def seed(text):
    """A whole number from 0."""
    return _whole_number(text, 0)


def _whole_number(text, least):
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"expected a whole number from {least}, found '{text}'")
    return int(text)


def fast_command(text):
    """The path of the fast command."""
    found = shutil.which(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"expected the fast command, for example .build/release/fast; found '{text}', which is no program")
    return str(pathlib.Path(found).resolve())


def run_fast(command, *arguments):
    """A run of the fast command that prints JSON; the benchmark ends here where it was given a name or a file that isn't there."""
    run = subprocess.run([command, *arguments, "--json"], capture_output=True, text=True)
    if run.returncode in (EX_USAGE, EX_NOINPUT):
        print(run.stderr.strip(), file=sys.stderr)
        sys.exit(run.returncode)
    return run


def result_of(command, *arguments):
    """What the fast command prints, read; where it fails the benchmark ends with what it says."""
    run = run_fast(command, *arguments)
    if run.returncode:
        sys.exit(f"fast {' '.join(arguments)}: {run.stderr.strip()}")
    return json.loads(run.stdout)
