"""Uniform random search, as scikit-learn's ParameterSampler draws: every parameter on its own, budgets unknown."""
import numpy


def search(trials, seed):
    generator = numpy.random.default_rng(seed)
    while True:
        trials.evaluate([generator.integers(count) for count in trials.choices_count()])
