/* libfast: FAST's environments and simulator for C, C++ and whatever calls C. docs/PYTHON.md has an introduction.
 *
 * Status. Every function that can fail returns FAST_OK or another fast_status; fast_error_message then says what was expected, what was
 * found and what to do. A failed call changes nothing, except that buffers may have been written to.
 *
 * Handles. Problems, environments and vectors are 64-bit numbers that are never given out twice and never 0: one that was closed, or is of
 * another kind, is refused with FAST_BAD_HANDLE. An environment keeps its problem alive, whether or not that is closed.
 *
 * Threads. Problems may be used from any number of threads at the same time. Environments and vectors do one thing at a time:
 * a call that finds another thread inside gives FAST_BUSY at once.
 *
 * Fork. A child may go on with handles that no thread was inside of when the process forked; the others give FAST_FORKED.
 *
 * Layouts. Structures begin with struct_size, which the caller sets to sizeof of the structure: later versions may add fields at the
 * end. A library whose fast_abi_version differs from FAST_ABI_VERSION must not be used.
 *
 * Text. Strings are UTF-8 and end with 0. A function that gives text takes a buffer and its capacity in bytes and always sets *size
 * to the bytes that the text needs, with its 0; where the buffer is too small, or NULL, the result is FAST_BUFFER_TOO_SMALL.
 */
#ifndef FAST_H
#define FAST_H

#include <stddef.h>
#include <stdint.h>

#define FAST_ABI_VERSION 2

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t fast_status;
enum {
    FAST_OK = 0,
    /* An argument is NULL, out of range, or of the wrong size. */
    FAST_BAD_ARGUMENT = 1,
    /* The handle is closed, was never given out, or is of another kind. */
    FAST_BAD_HANDLE = 2,
    /* Another thread is inside of the environment. */
    FAST_BUSY = 3,
    /* A step before the first reset. */
    FAST_NOT_RESET = 4,
    /* A step after the end of an episode. */
    FAST_EPISODE_OVER = 5,
    /* The action is in the action space, but the present mask denies it. */
    FAST_ACTION_DENIED = 6,
    /* The action isn't in the action space. */
    FAST_ACTION_OUTSIDE_SPACE = 7,
    /* The text needs a larger buffer; *size says how large. */
    FAST_BUFFER_TOO_SMALL = 8,
    /* Another thread was inside of the handle when the process forked. */
    FAST_FORKED = 9,
    /* As the exit codes of sysexits.h: */
    FAST_USAGE = 64,
    FAST_BAD_DATA = 65,
    FAST_MISSING_INPUT = 66,
    FAST_UNAVAILABLE = 69,
    /* A fault of the library. */
    FAST_INTERNAL = 70,
    FAST_CANNOT_CREATE = 73,
    FAST_INPUT_OUTPUT = 74,
    FAST_CONFIGURATION = 78
};

typedef uint64_t fast_problem;
typedef uint64_t fast_environment;
typedef uint64_t fast_vector;

/* --- The library ------------------------------------------------------------------------------------------------------------- */

/* FAST_ABI_VERSION as the library was built with. */
uint32_t fast_abi_version(void);
/* The version of the software, such as "0.1.0". */
const char *fast_version(void);
/* What the last call of this thread that failed had to say; an empty string where none did. */
fast_status fast_error_message(char *buffer, size_t capacity, size_t *size);

/* --- Problems ---------------------------------------------------------------------------------------------------------------- */

/* What came of a design. */
typedef struct fast_outcome {
    uint32_t struct_size;
    /* 1 where the design keeps to every constraint. */
    uint8_t feasible;
    /* Which constraint it breaks: 0 none, 1 area, 2 TDP, 3 latency, 4 a workload that cannot be mapped. */
    uint8_t reason;
    /* Workloads whose metrics are there: all, or 0 where the design broke a constraint that needs no simulation. */
    uint16_t workload_count;
    /* The objective as a ratio to the baseline's; NaN where the design isn't feasible. */
    double objective;
    /* log(objective), or for an infeasible design a lower value that says how far off it is. */
    double reward;
    /* The value found over the value allowed of the broken constraint, above 1; 0 where feasible. */
    double excess;
    double area_mm2;
    double tdp_watts;
} fast_outcome;

/* What one workload does in an outcome. */
typedef struct fast_workload_metrics {
    double inferences_per_second;
    /* Of one pass over the batch. */
    double latency_seconds;
    /* Of one inference. */
    double energy_joules;
    double utilization;
    /* The workload's own objective over the baseline's. */
    double objective_ratio;
} fast_workload_metrics;

/* Opens a problem: a name such as "efficientnet-b7", the path of a problem file, or a problem file's text (which has a ':' and a line break, or
 * begins with '{'). `home` is a folder that holds environments/, searched after the current folder, and before FAST_HOME; it may be
 * NULL. Takes as long as costing the baseline. */
fast_status fast_problem_open(const char *problem, const char *home, fast_problem *handle);
fast_status fast_problem_close(fast_problem problem);

/* The names of the problems that fast_problem_open finds, as a JSON list. */
fast_status fast_problem_names(const char *home, char *buffer, size_t capacity, size_t *size);

/* The problem as JSON: name, workloads, objective, budget, baseline and its metrics, files (the paths of all that it was made of), and parameters:
 * [{name, choices, needs}], where `needs` names what must be chosen for the parameter to apply. */
fast_status fast_problem_describe(fast_problem problem, char *buffer, size_t capacity, size_t *size);

/* A random design: for each parameter the position of its choice, -1 where it doesn't apply. All designs of the space are equally likely; with
 * within_budget, each choice is one after which some design meets the budget of area and TDP, all equally likely. The seed and the index decide. */
fast_status fast_problem_sample(
    fast_problem problem, uint64_t seed, uint32_t index, int32_t within_budget, int64_t *decisions, size_t decision_count);

/* What comes of designs: `count` rows of decision_count numbers, on up to `threads` threads, with the same results on any number. Decisions of
 * parameters that don't apply are ignored. `metrics` has room for metric_count of each row, or is NULL. */
fast_status fast_problem_evaluate(
    fast_problem problem, const int64_t *decisions, size_t decision_count, size_t count, int32_t threads, fast_outcome *outcomes,
    fast_workload_metrics *metrics, size_t metric_count);

/* What comes of a design in a file's words (YAML or JSON text, a baseline's name, or a file's path), which need not lie in the space: the outcome, and as JSON
 * {design, outcome, decisions, evaluations: [{workload, …}]}, with the regions of each evaluation where with_regions isn't 0. */
fast_status fast_problem_evaluate_design(
    fast_problem problem, const char *design, int32_t with_regions, fast_outcome *outcome, char *buffer, size_t capacity, size_t *size);

/* Decisions as a design, in JSON with the keys of a design file. */
fast_status fast_problem_design(
    fast_problem problem, const int64_t *decisions, size_t decision_count, char *buffer, size_t capacity, size_t *size);

/* --- Environments ------------------------------------------------------------------------------------------------------------ */

/* What an environment's episode decides. */
enum {
    /* A design, one parameter a step: one number, the position of the choice. */
    FAST_DESIGN = 0,
    /* A design in one step: a choice for every parameter. */
    FAST_FLAT_DESIGN = 1,
    /* Which tensors of a compiled workload stay in Global Memory, one a step: 1 keeps it. */
    FAST_RESIDENCY = 2
};

/* What a reset or a step gives back, in buffers of the caller's. A buffer may be NULL, then its part is left out; otherwise its count must be what
 * fast_environment_describe says. */
typedef struct fast_transition {
    uint32_t struct_size;
    uint8_t terminated;
    uint8_t truncated;
    uint8_t reserved[2];
    double reward;
    float *observation;
    size_t observation_count;
    /* 1 for each choice that is allowed, one run for each number of an action. */
    int8_t *mask;
    size_t mask_count;
    /* FAST_DESIGN: the position of the parameter that is decided next. Others: 0. At the end -1. */
    int64_t position;
} fast_transition;

/* Opens an environment of a problem. `options` is YAML or JSON text, or NULL: maskedActions: refuse (the default) or nearest, which takes the allowed action
 * nearest to a masked one; and for FAST_RESIDENCY design: a baseline's name or a file (by default the baseline, with residency), and workload: one of the problem's (by default the first). */
fast_status fast_environment_open(fast_problem problem, int32_t kind, const char *options, fast_environment *handle);
/* Another environment in the same state. */
fast_status fast_environment_copy(fast_environment environment, fast_environment *handle);
fast_status fast_environment_close(fast_environment environment);

/* The environment as JSON: kind, actions: the number of choices of each number of an action, observation: [{name, count, low, high}] in the order of the
 * buffer, maskCount, rewardLow, rewardHigh. */
fast_status fast_environment_describe(fast_environment environment, char *buffer, size_t capacity, size_t *size);

/* Begins an episode; the seed counts where has_seed isn't 0. */
fast_status fast_environment_reset(
    fast_environment environment, int32_t has_seed, uint64_t seed, fast_transition *transition);
/* Acts. */
fast_status fast_environment_step(
    fast_environment environment, const int64_t *action, size_t action_count, fast_transition *transition);

/* What came of the design that the last step completed; FAST_NOT_RESET where it didn't complete one. `decisions` has room for one number a parameter, `metrics` for
 * metric_count workloads; each may be NULL. */
fast_status fast_environment_outcome(
    fast_environment environment, fast_outcome *outcome, fast_workload_metrics *metrics, size_t metric_count, int64_t *decisions,
    size_t decision_count);
/* The info of the last reset or step as JSON. */
fast_status fast_environment_info(fast_environment environment, char *buffer, size_t capacity, size_t *size);
/* The chip so far, what is undecided at its cheapest, as JSON: design, complete, areaMM2, tdpWatts, budget, components: [{name, areaMM2, tdpWatts}]. For the
 * environments that decide designs. */
fast_status fast_environment_chip(fast_environment environment, char *buffer, size_t capacity, size_t *size);

/* The state as text, which another environment of the same problem and kind can go on from, in another process too. */
fast_status fast_environment_snapshot(fast_environment environment, char *buffer, size_t capacity, size_t *size);
fast_status fast_environment_restore(fast_environment environment, const char *snapshot);

/* --- Vectors of environments -------------------------------------------------------------------------------------------------- */

/* What a reset or a step of a vector gives back: the fields of fast_transition for each environment, one row after the other. */
typedef struct fast_vector_transition {
    uint32_t struct_size;
    uint32_t reserved;
    float *observations;
    size_t observation_count; /* of all environments */
    int8_t *masks;
    size_t mask_count; /* of all environments */
    /* One of each of these for each environment; `count` of them. */
    size_t count;
    double *rewards;
    uint8_t *terminated;
    uint8_t *truncated;
    int64_t *positions;
    /* Where an episode ended: the observation that it ended with, in the environment's row; the other rows are left alone. */
    float *final_observations;
} fast_vector_transition;

/* Opens `count` instances of an environment that step together, steps that take long on up to `threads` threads; results don't depend on them. */
fast_status fast_vector_open(
    fast_problem problem, int32_t kind, const char *options, size_t count, int32_t threads, fast_vector *handle);
fast_status fast_vector_close(fast_vector vector);
fast_status fast_vector_describe(fast_vector vector, char *buffer, size_t capacity, size_t *size);
/* Begins an episode in each; the i-th with seed + i. */
fast_status fast_vector_reset(fast_vector vector, int32_t has_seed, uint64_t seed, fast_vector_transition *transition);
/* Acts in each; action_count numbers of all environments. An episode that ends is followed by the next in the same step: observation, mask and position are the new episode's. */
fast_status fast_vector_step(
    fast_vector vector, const int64_t *actions, size_t action_count, fast_vector_transition *transition);
/* What the environment's episode that ended in the last step ended with, as fast_environment_outcome and fast_environment_info. */
fast_status fast_vector_outcome(
    fast_vector vector, size_t environment, fast_outcome *outcome, fast_workload_metrics *metrics, size_t metric_count,
    int64_t *decisions, size_t decision_count);
fast_status fast_vector_final_info(fast_vector vector, size_t environment, char *buffer, size_t capacity, size_t *size);

#ifdef __cplusplus
}
#endif

#endif
