"""The peers by name."""
import functools
import importlib

from . import fast_agent

MODULES = {
    "random": "random_search", "optuna-tpe": "optuna_tpe", "nevergrad-ngopt": "nevergrad_ngopt", "cma-es": "cma_es",
    "sb3-ppo": "sb3_ppo", "sb3-maskable-ppo": "sb3_maskable_ppo", "vizier": "vizier_default",
    "vizier-bounded": "vizier_bounded",
}
AGENTS = {"fast-ppo": "ppo", "fast-ppo-short": "ppo-short", "fast-random": "random"}
NAMES = [*AGENTS, *MODULES]


def load(peer):
    """A peer's search, imported: called with trials and a seed, it ends by `BudgetSpent`, or by returning."""
    if peer in AGENTS:
        return functools.partial(fast_agent.search, agent=AGENTS[peer])
    return importlib.import_module(f"peers.{MODULES[peer]}").search


def is_vizier(peer):
    """Whether a peer needs Vizier's dependencies, which are other versions than the others'."""
    return MODULES.get(peer, "").startswith("vizier_")
