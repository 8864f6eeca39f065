"""What can go wrong, each with a message that says what was expected, what was found, and what to do."""

from __future__ import annotations

import gymnasium.error


class FastError(Exception):
    """A call that the native library refused; `status` is its fast_status."""

    status: int = 0


class LibraryError(FastError, ImportError):
    """There is no native library, or not one that this package can use."""


class BadArgument(FastError, ValueError):
    """An argument has the wrong size, type or value."""


class BadData(FastError, ValueError):
    """A problem, a design or a decision isn't what it should be."""


class UnknownName(FastError, LookupError):
    """Nothing has that name; the message suggests the nearest one."""


class UnreadableFile(FastError, OSError):
    """A file is there but can't be read."""


class ConfigurationFault(FastError, ValueError):
    """The problem contradicts itself."""


class ActionOutsideSpace(FastError, gymnasium.error.InvalidAction, ValueError):
    """The action isn't in the action space."""


class MaskedAction(FastError, gymnasium.error.InvalidAction, ValueError):
    """The action is in the action space, but the present mask denies it."""


class ResetNeeded(FastError, gymnasium.error.ResetNeeded):
    """A step before the first reset, or after the end of an episode."""


class Closed(FastError, gymnasium.error.ClosedEnvironmentError, ValueError):
    """Use after close."""


class Busy(FastError, RuntimeError):
    """Two threads at once in one environment."""


class Forked(FastError, RuntimeError):
    """Another thread was using this when the process forked."""


class NativeFault(FastError, RuntimeError):
    """The library failed otherwise."""


#: The exception of each fast_status; any other is a NativeFault.
BY_STATUS: dict[int, type[FastError]] = {
    1: BadArgument, 2: Closed, 3: Busy, 4: ResetNeeded, 5: ResetNeeded, 6: MaskedAction, 7: ActionOutsideSpace,
    9: Forked, 64: BadArgument, 65: BadData, 66: UnknownName, 74: UnreadableFile, 78: ConfigurationFault,
}  # fmt: skip
