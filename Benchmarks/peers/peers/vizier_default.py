"""Google Vizier's default algorithm (a Gaussian process bandit), in this process, with settings that keep it from compiling afresh for every design."""
import pathlib
import sys

import attrs
import equinox
import jax
import numpy
from vizier import algorithms, pyvizier
from vizier._src.algorithms.designers import gp_ucb_pe
from vizier._src.jax import stochastic_process_model, types
from vizier.jax import optimizers
from vizier.pyvizier.converters import padding

from .trials import is_number

# Designs suggested together; a Gaussian process is fitted for each batch. The first batch is quasi-random.
BATCH = 25
# Steps of L-BFGS-B from each of five starts in a fit, at most; Vizier's own are 500.
FITTING_STEPS = 50
# Points at which the acquisition function is evaluated for a suggestion; Vizier's own is 75,000.
ACQUISITION_EVALUATIONS = 3_000
# Of them together: all of the optimizer's pool, which takes less time than Vizier's own 25.
ACQUISITION_BATCH = 100

# As Vizier's service has it: in 32 bits a fit may end in a covariance that has no Cholesky factor, and suggestions in nothing.
jax.config.update("jax_enable_x64", True)
# What XLA compiled for one search serves the next.
jax.config.update("jax_compilation_cache_dir", str(pathlib.Path(sys.prefix) / "xla-cache"))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def search(trials, seed, most_fitted=None):
    """Numbers as integers by their position, words as categories. Open-source Vizier takes no conditional space: the sizes of a disabled L2 are
    suggested and ignored. With `most_fitted`, the Gaussian process is fitted to no more than so many trials: the latest, and the best before them."""
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
    designer = _Bandit(
        statement, rng=jax.random.PRNGKey(seed), num_seed_trials=BATCH,
        # The same shapes for all numbers of trials up to the next power of two, and the same optimizer for all suggestions.
        padding_schedule=padding.PaddingSchedule(num_trials=padding.PaddingType.POWERS_OF_2),
        ard_optimizer=optimizers.JaxoptScipyLbfgsB(
            optimizers.LbfgsBOptions(num_line_search_steps=20, tol=1e-5, maxiter=FITTING_STEPS)),
        acquisition_optimizer_factory=_OneOptimizer())
    designer.most_fitted = most_fitted
    made = 0
    while True:
        completed = []
        for suggestion in designer.suggest(BATCH):
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


class _Bandit(gp_ucb_pe.VizierGPUCBPEBandit):
    """Vizier's algorithm, with one of its steps in NumPy.

    Within a batch every suggestion adds a row to what the deviation is predicted from, and JAX, which Vizier leaves the joining of rows to, compiles that for
    each number of rows: more than half of a search's time. What the step results in is the same.
    """

    # The most trials that the process is fitted to, or none.
    most_fitted = None

    def update(self, completed, all_active):
        super().update(completed, all_active)
        known = self._all_completed_trials
        if self.most_fitted is None or len(known) <= self.most_fitted:
            return
        earlier, latest = known[:-(self.most_fitted // 2)], known[-(self.most_fitted // 2):]
        earlier.sort(key=lambda trial: -trial.final_measurement_or_die.metrics["reward"].value)
        self._all_completed_trials = earlier[:self.most_fitted - len(latest)] + latest

    def _get_predictive_all_features(self, pending_features, data, model, noise_is_high):
        def joined(known, pending):
            return _padded(numpy.concatenate([_without_padding(known), pending]))

        continuous, categorical = (_without_padding(kind) for kind in (pending_features.continuous, pending_features.categorical))
        features = types.ModelInput(
            continuous=joined(data.features.continuous, continuous), categorical=joined(data.features.categorical, categorical))
        # Deviations don't depend on labels.
        labels = joined(data.labels, numpy.zeros((len(continuous), data.labels.shape[-1]), data.labels.padded_array.dtype))
        if noise_is_high:
            model = stochastic_process_model.StochasticProcessWithCoroutine(
                model.coroutine, dict(model.params) | {"observation_noise_variance": jax.numpy.array([1e-10])})
        return stochastic_process_model.UniformEnsemblePredictive(
            predictives=equinox.filter_jit(model.precompute_predictive)(types.ModelData(features=features, labels=labels)))


def _without_padding(array):
    return numpy.asarray(array.padded_array)[tuple(slice(int(extent)) for extent in array._original_shape)]


def _padded(rows):
    """The rows of a matrix filled up to a power of two, as Vizier's padding does it."""
    shape = (1 << (len(rows) - 1).bit_length(), rows.shape[1])
    fill_value = -1 if numpy.issubdtype(rows.dtype, numpy.integer) else numpy.nan
    padded = numpy.full(shape, fill_value, rows.dtype)
    padded[:len(rows)] = rows
    return types.PaddedArray(
        padded, fill_value=fill_value, _original_shape=rows.shape,
        _mask=numpy.arange(shape[0])[:, None] < numpy.full(shape, len(rows)), _nopadding_done=shape == rows.shape)


class _OneOptimizer:
    """Makes the acquisition's optimizer once: JAX knows what it has compiled by the object."""

    def __init__(self):
        self._optimizer = None

    def __call__(self, converter):
        if self._optimizer is None:
            factory = attrs.evolve(
                gp_ucb_pe.VizierGPUCBPEBandit.default_acquisition_optimizer_factory,
                max_evaluations=ACQUISITION_EVALUATIONS, suggestion_batch_size=ACQUISITION_BATCH)
            self._optimizer = factory(converter)
        return self._optimizer
