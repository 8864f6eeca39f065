"""Google Vizier's default algorithm (a Gaussian process bandit), in this process, with settings that keep it from compiling afresh for every design."""
import pathlib
import sys

import attrs
import jax
from vizier import algorithms, pyvizier
from vizier._src.algorithms.designers import gp_ucb_pe
from vizier.pyvizier.converters import padding

from .trials import is_number

# Designs suggested together are at least so many, and a tenth of the budget beyond: a Gaussian process is fitted for each batch, in time that grows
# with the cube of the trials. The first batch is quasi-random.
SMALLEST_BATCH = 25
# Points at which the acquisition function is evaluated in a search, and for a suggestion at most; Vizier's own is 75,000 for each suggestion.
ACQUISITION_EVALUATIONS = 2_500_000
ACQUISITION_EVALUATIONS_EACH = 10_000

# What XLA compiled for one search serves the next.
jax.config.update("jax_compilation_cache_dir", str(pathlib.Path(sys.prefix) / "xla-cache"))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def search(trials, seed):
    """Numbers as integers by their position, words as categories. Open-source Vizier takes no conditional space: the sizes of a disabled L2 are
    suggested and ignored."""
    statement = pyvizier.ProblemStatement()
    root = statement.search_space.root
    for parameter in trials.parameters:
        count = len(parameter.choices)
        if count == 1:
            continue
        if is_number(parameter):
            root.add_int_param(parameter.name, 0, count - 1)
        else:
            root.add_categorical_param(parameter.name, [str(choice) for choice in range(count)])
    statement.metric_information.append(
        pyvizier.MetricInformation(name="reward", goal=pyvizier.ObjectiveMetricGoal.MAXIMIZE))
    batch = max(SMALLEST_BATCH, trials.budget // 10)
    designer = gp_ucb_pe.VizierGPUCBPEBandit(
        statement, rng=jax.random.PRNGKey(seed), num_seed_trials=batch,
        # The same shapes for all numbers of trials up to the next power of two, and the same optimizer for all suggestions.
        padding_schedule=padding.PaddingSchedule(num_trials=padding.PaddingType.POWERS_OF_2),
        acquisition_optimizer_factory=_OneOptimizer(
            max_evaluations=min(ACQUISITION_EVALUATIONS_EACH, ACQUISITION_EVALUATIONS // trials.budget)))
    made = 0
    while True:
        completed = []
        for suggestion in designer.suggest(batch):
            made += 1
            trial = suggestion.to_trial(made)
            values = suggestion.parameters
            reward = trials.evaluate([
                int(values.get_value(parameter.name)) if len(parameter.choices) > 1 else 0
                for parameter in trials.parameters
            ])
            trial.complete(pyvizier.Measurement(metrics={"reward": reward}))
            completed.append(trial)
        designer.update(algorithms.CompletedTrials(completed), algorithms.ActiveTrials())


class _OneOptimizer:
    """Makes the acquisition's optimizer once: JAX knows what it has compiled by the object."""

    def __init__(self, max_evaluations):
        self._max_evaluations = max_evaluations
        self._optimizer = None

    def __call__(self, converter):
        if self._optimizer is None:
            factory = attrs.evolve(
                gp_ucb_pe.VizierGPUCBPEBandit.default_acquisition_optimizer_factory,
                max_evaluations=self._max_evaluations)
            self._optimizer = factory(converter)
        return self._optimizer
