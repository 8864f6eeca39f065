"""CMA-ES, the reference implementation, with its handling of integers, restarted with twice the population (IPOP)."""
import warnings

import cma


def search(trials, seed):
    """Every parameter by the position of its choice, a standard deviation of a quarter of its range to begin with."""
    warnings.filterwarnings("ignore")
    counts = trials.choices_count()
    free = [position for position, count in enumerate(counts) if count > 1]
    population, restart = 4 + int(3 * len(free) ** 0.5), 0
    while True:
        options = {
            "seed": seed * 1000 + restart + 1, "verbose": -9, "popsize": population, "maxfevals": float("inf"),
            "bounds": [[-0.499] * len(free), [counts[position] - 0.501 for position in free]],
            "integer_variables": list(range(len(free))),
            "CMA_stds": [max(counts[position] / 4, 0.5) for position in free],
        }
        strategy = cma.CMAEvolutionStrategy([(counts[position] - 1) / 2 for position in free], 1.0, options)
        while not strategy.stop():
            asked = strategy.ask()
            values = []
            for vector in asked:
                choices = [0] * len(counts)
                for position, value in zip(free, vector):
                    choices[position] = min(max(round(float(value)), 0), counts[position] - 1)
                values.append(-trials.evaluate(choices))
            strategy.tell(asked, values)
        population, restart = 2 * population, restart + 1
