"""The native library: finds it, checks it, and calls it with ctypes. `Sources/CFast/include/fast.h` documents the functions."""

from __future__ import annotations

import ctypes
import functools
import json
import os
import pathlib
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p
from typing import Any, Callable

from .errors import BY_STATUS, FastError, LibraryError, NativeFault

#: The version of the layouts below: FAST_ABI_VERSION of fast.h.
ABI_VERSION = 2

#: Kinds of environments.
DESIGN, FLAT_DESIGN, RESIDENCY = 0, 1, 2

PACKAGED = pathlib.Path(__file__).resolve().parent / "native"
REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent


class Outcome(ctypes.Structure):
    """fast_outcome."""

    _fields_ = [
        ("struct_size", c_uint32), ("feasible", c_uint8), ("reason", c_uint8), ("workload_count", c_uint16),
        ("objective", c_double), ("reward", c_double), ("excess", c_double), ("area_mm2", c_double), ("tdp_watts", c_double),
    ]  # fmt: skip


class WorkloadMetrics(ctypes.Structure):
    """fast_workload_metrics."""

    _fields_ = [
        ("inferences_per_second", c_double), ("latency_seconds", c_double), ("energy_joules", c_double),
        ("utilization", c_double), ("objective_ratio", c_double),
    ]  # fmt: skip


class Transition(ctypes.Structure):
    """fast_transition."""

    _fields_ = [
        ("struct_size", c_uint32), ("terminated", c_uint8), ("truncated", c_uint8), ("reserved", c_uint8 * 2),
        ("reward", c_double), ("observation", c_void_p), ("observation_count", c_size_t), ("mask", c_void_p),
        ("mask_count", c_size_t), ("position", c_int64),
    ]  # fmt: skip


class VectorTransition(ctypes.Structure):
    """fast_vector_transition."""

    _fields_ = [
        ("struct_size", c_uint32), ("reserved", c_uint32), ("observations", c_void_p), ("observation_count", c_size_t),
        ("masks", c_void_p), ("mask_count", c_size_t), ("count", c_size_t), ("rewards", c_void_p), ("terminated", c_void_p),
        ("truncated", c_void_p), ("positions", c_void_p), ("final_observations", c_void_p),
    ]  # fmt: skip


_TEXT = [c_void_p, c_size_t, POINTER(c_size_t)]

#: The arguments of each function; all return a status.
_SIGNATURES: dict[str, list[Any]] = {
    "fast_error_message": _TEXT,
    "fast_problem_open": [c_char_p, c_char_p, POINTER(c_uint64)],
    "fast_problem_close": [c_uint64],
    "fast_problem_names": [c_char_p, *_TEXT],
    "fast_problem_describe": [c_uint64, *_TEXT],
    "fast_problem_sample": [c_uint64, c_uint64, c_uint32, c_int32, c_void_p, c_size_t],
    "fast_problem_evaluate": [c_uint64, c_void_p, c_size_t, c_size_t, c_int32, c_void_p, c_void_p, c_size_t],
    "fast_problem_evaluate_design": [c_uint64, c_char_p, c_int32, c_void_p, *_TEXT],
    "fast_problem_design": [c_uint64, c_void_p, c_size_t, *_TEXT],
    "fast_environment_open": [c_uint64, c_int32, c_char_p, POINTER(c_uint64)],
    "fast_environment_close": [c_uint64],
    "fast_environment_describe": [c_uint64, *_TEXT],
    "fast_environment_reset": [c_uint64, c_int32, c_uint64, c_void_p],
    "fast_environment_step": [c_uint64, c_void_p, c_size_t, c_void_p],
    "fast_environment_outcome": [c_uint64, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t],
    "fast_environment_info": [c_uint64, *_TEXT],
    "fast_environment_chip": [c_uint64, *_TEXT],
    "fast_environment_snapshot": [c_uint64, *_TEXT],
    "fast_environment_restore": [c_uint64, c_char_p],
    "fast_vector_open": [c_uint64, c_int32, c_char_p, c_size_t, c_int32, POINTER(c_uint64)],
    "fast_vector_close": [c_uint64],
    "fast_vector_describe": [c_uint64, *_TEXT],
    "fast_vector_reset": [c_uint64, c_int32, c_uint64, c_void_p],
    "fast_vector_step": [c_uint64, c_void_p, c_size_t, c_void_p],
    "fast_vector_outcome": [c_uint64, c_size_t, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t],
}


class Library:
    """A loaded libfast. Functions are attributes without their prefix: `library.problem_open`."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        try:
            native = ctypes.CDLL(str(path))
            native.fast_abi_version.restype = c_uint32
            native.fast_abi_version.argtypes = []
            found = native.fast_abi_version()
        except (OSError, AttributeError) as error:
            raise LibraryError(
                f"expected FAST's native library, found that {path} cannot be loaded: {error}; build it with `make library` in "
                "the repository, or set FAST_LIBRARY to a libfast.so"
            ) from error
        if found != ABI_VERSION:
            raise LibraryError(
                f"expected a libfast of interface version {ABI_VERSION}, as this fast_gym is, found version {found} in {path}; build "
                "both from one checkout: `make library`, then `pip install ./python`"
            )
        self._native = native
        native.fast_version.restype = c_char_p
        self.version: str = native.fast_version().decode()
        for name, arguments in _SIGNATURES.items():
            try:
                function = getattr(native, name)
            except AttributeError as error:
                raise LibraryError(f"expected {name} in {path}, found none; build the library again: `make library`") from error
            function.restype = c_int32
            function.argtypes = arguments
            setattr(self, name.removeprefix("fast_"), function)

    def __getattr__(self, name: str) -> Callable[..., int]:
        # Reached only by names that __init__ didn't set.
        raise AttributeError(f"libfast has no function fast_{name}")

    def bare(self, name: str) -> Callable[..., int]:
        """A function that takes ctypes values alone: converting Python's costs more than the rest of a short call."""
        function = self._native[f"fast_{name}"]
        function.restype = c_int32
        return function

    def error(self, status: int) -> FastError:
        """The exception of a status that this thread's last call returned."""
        size = c_size_t()
        self.error_message(None, 0, ctypes.byref(size))
        buffer = ctypes.create_string_buffer(max(size.value, 1))
        self.error_message(buffer, len(buffer), ctypes.byref(size))
        error = BY_STATUS.get(status, NativeFault)(buffer.value.decode(errors="replace"))
        error.status = status
        return error

    def check(self, status: int) -> None:
        """Raises where a call failed."""
        if status:
            raise self.error(status)

    def text(self, function: Callable[..., int], *arguments: Any) -> str:
        """What a function gives as text."""
        size = c_size_t()
        buffer = ctypes.create_string_buffer(16384)
        while True:
            status = function(*arguments, buffer, len(buffer), ctypes.byref(size))
            if status != 8:  # FAST_BUFFER_TOO_SMALL
                self.check(status)
                return buffer.value.decode()
            buffer = ctypes.create_string_buffer(size.value)

    def json(self, function: Callable[..., int], *arguments: Any) -> Any:
        """What a function gives as JSON."""
        return json.loads(self.text(function, *arguments))


def find() -> pathlib.Path:
    """The library's path: that of FAST_LIBRARY, the packaged one, or the repository's build."""
    named = os.environ.get("FAST_LIBRARY")
    if named:
        path = pathlib.Path(named)
        if not path.is_file():
            raise LibraryError(f"expected a libfast.so where FAST_LIBRARY says, found none at {path}")
        return path
    candidates = [PACKAGED / "libfast.so", REPOSITORY / ".build" / "library" / "libfast.so"]
    for path in candidates:
        if path.is_file():
            return path
    raise LibraryError(
        "expected FAST's native library, found none; run `make library` in the repository (it takes Swift), or set FAST_LIBRARY to a "
        "libfast.so. Looked at " + " and ".join(map(str, candidates))
    )


@functools.cache
def library() -> Library:
    """The library, loaded when first asked for."""
    return Library(find())


def home() -> bytes | None:
    """The folder with the packaged problem files, or the repository."""
    for folder in (PACKAGED, REPOSITORY):
        if (folder / "environments" / "technologies").is_dir():
            return os.fsencode(folder)
    return None


def encoded(text: str) -> bytes:
    """A string argument; one that holds a 0 would be cut off there."""
    if "\0" in text:
        raise ValueError("expected text without NUL characters, found one")
    return text.encode("utf-8", errors="surrogatepass")
