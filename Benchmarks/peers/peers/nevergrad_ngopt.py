"""Nevergrad's NGOpt, which chooses an algorithm by the space and by the budget."""
import warnings

import nevergrad

from .trials import is_number

# NGOpt is told this budget whatever the run's, so that a run of 2,000 trials contains the run of 500.
PLANNED_BUDGET = 2000


def search(trials, seed):
    """Numbers as integer scalars by their position, words as unordered choices."""
    warnings.filterwarnings("ignore")
    parts = {}
    for position, parameter in enumerate(trials.parameters):
        count = len(parameter.choices)
        if count == 1:
            continue
        if is_number(parameter):
            scalar = nevergrad.p.Scalar(init=(count - 1) / 2, lower=0, upper=count - 1)
            parts[str(position)] = scalar.set_integer_casting()
        else:
            parts[str(position)] = nevergrad.p.Choice(list(range(count)))
    space = nevergrad.p.Dict(**parts)
    space.random_state.seed(seed)
    optimizer = nevergrad.optimizers.NGOpt(parametrization=space, budget=PLANNED_BUDGET, num_workers=1)
    while True:
        candidate = optimizer.ask()
        choices = [int(candidate.value.get(str(position), 0)) for position in range(len(trials.parameters))]
        optimizer.tell(candidate, -trials.evaluate(choices))
