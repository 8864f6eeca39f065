"""Google Vizier's default algorithm (a Gaussian process bandit), in this process."""
import jax
from vizier import algorithms, pyvizier
from vizier._src.algorithms.designers import gp_ucb_pe

from .trials import is_number


# Designs suggested together; a Gaussian process is fitted for each batch.
BATCH = 8


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
    designer = gp_ucb_pe.VizierGPUCBPEBandit(statement, rng=jax.random.PRNGKey(seed))
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
