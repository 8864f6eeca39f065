/* Uses libfast as a C program does: every function, and every misuse that must end in an error code. Prints one line; exits with 1 at the first surprise. */
#include <fast.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char text[1 << 20];
static size_t size;

static const char *last_message(void) {
    size_t size;
    static char message[4096];
    if (fast_error_message(message, sizeof message, &size) != FAST_OK) strcpy(message, "(too long)");
    return message;
}

#define EXPECT(condition)                                                                        \
    do {                                                                                         \
        if (!(condition)) {                                                                      \
            fprintf(stderr, "check.c:%d: expected %s; last message: %s\n", __LINE__, #condition, last_message()); \
            exit(1);                                                                             \
        }                                                                                        \
    } while (0)
#define SUCCEEDS(call) EXPECT((call) == FAST_OK)
#define FAILS(status, words, call)                     \
    do {                                               \
        EXPECT((call) == (status));                    \
        EXPECT(strstr(last_message(), words) != NULL); \
    } while (0)

/* Parameters of a design. */
enum { PARAMETERS = 21, ENVIRONMENTS = 6 };

/* What an environment's description says about a count. */
static size_t number(const char *key) {
    char *found = strstr(text, key);
    EXPECT(found != NULL);
    return (size_t)strtoul(found + strlen(key) + 2, NULL, 10);
}

static int64_t first_allowed(const int8_t *mask, size_t count) {
    for (size_t choice = 0; choice < count; choice++)
        if (mask[choice]) return (int64_t)choice;
    return -1;
}

typedef struct {
    fast_environment environment;
    int busy, steps, other;
} Contender;

/* Steps and resets an environment that another thread works on, too. */
static void *contend(void *context) {
    Contender *contender = context;
    fast_transition transition = {.struct_size = sizeof transition};
    for (int round = 0; round < 20000; round++) {
        int64_t action = 0;
        fast_status status = round % 7 ? fast_environment_step(contender->environment, &action, 1, &transition)
                                       : fast_environment_reset(contender->environment, 0, 0, &transition);
        if (status == FAST_BUSY) contender->busy++;
        else if (status == FAST_OK || status == FAST_EPISODE_OVER || status == FAST_NOT_RESET) contender->steps++;
        else contender->other++;
    }
    return NULL;
}

int main(int argc, char **argv) {
    const char *home = argc > 1 ? argv[1] : NULL;
    EXPECT(fast_abi_version() == FAST_ABI_VERSION);
    EXPECT(strlen(fast_version()) > 0);
    EXPECT(strcmp(last_message(), "") == 0);

    /* Problems. */
    fast_problem problem = 0;
    FAILS(FAST_MISSING_INPUT, "did you mean 'efficientnet-b0'", fast_problem_open("efficentnet-b0", home, &problem));
    FAILS(FAST_BAD_DATA, "workloads", fast_problem_open("name: x\nworkloads: []\n", home, &problem));
    FAILS(FAST_BAD_ARGUMENT, "NULL", fast_problem_open(NULL, home, &problem));
    FAILS(FAST_BAD_ARGUMENT, "NULL", fast_problem_open("efficientnet-b0", home, NULL));
    FAILS(FAST_BAD_ARGUMENT, "UTF-8", fast_problem_open("\xff\xfe", home, &problem));
    FAILS(FAST_BAD_HANDLE, "a problem", fast_problem_describe(0, text, sizeof text, &size));
    FAILS(FAST_BAD_HANDLE, "a problem", fast_problem_describe(UINT64_MAX, text, sizeof text, &size));
    SUCCEEDS(fast_problem_open("efficientnet-b0", home, &problem));
    SUCCEEDS(fast_problem_names(home, text, sizeof text, &size));
    EXPECT(strstr(text, "\"efficientnet-b0\"") != NULL);
    FAILS(FAST_BUFFER_TOO_SMALL, "buffer", fast_problem_describe(problem, NULL, 0, &size));
    size_t needed = size;
    FAILS(FAST_BUFFER_TOO_SMALL, "buffer", fast_problem_describe(problem, text, needed - 1, &size));
    SUCCEEDS(fast_problem_describe(problem, text, needed, &size));
    EXPECT(strlen(text) == needed - 1 && strstr(text, "\"l2InputMultiplier\"") != NULL);

    /* Designs. */
    int64_t rows[8][PARAMETERS];
    for (uint32_t row = 0; row < 8; row++) SUCCEEDS(fast_problem_sample(problem, 7, row, 1, rows[row], PARAMETERS));
    FAILS(FAST_BAD_ARGUMENT, "decision_count", fast_problem_sample(problem, 7, 0, 1, rows[0], PARAMETERS - 1));
    fast_outcome one[8] = {{.struct_size = sizeof one[0]}}, two[8] = {{.struct_size = sizeof two[0]}};
    fast_workload_metrics metrics[8];
    SUCCEEDS(fast_problem_evaluate(problem, rows[0], PARAMETERS, 8, 1, one, metrics, 1));
    SUCCEEDS(fast_problem_evaluate(problem, rows[0], PARAMETERS, 8, 2, two, NULL, 0));
    EXPECT(memcmp(one, two, sizeof one) == 0);
    for (int row = 0; row < 8; row++) {
        EXPECT(one[row].feasible ? fabs(one[row].reward - log(one[row].objective)) < 1e-9 : isnan(one[row].objective));
        if (one[row].feasible) EXPECT(fabs(metrics[row].objective_ratio - one[row].objective) < 1e-12);
    }
    int64_t wrong[PARAMETERS];
    memcpy(wrong, rows[1], sizeof wrong);
    wrong[0] = 999;
    FAILS(FAST_BAD_DATA, "peGridX", fast_problem_evaluate(problem, wrong, PARAMETERS, 1, 1, one, NULL, 0));
    wrong[0] = INT64_MIN;
    FAILS(FAST_BAD_DATA, "peGridX", fast_problem_evaluate(problem, wrong, PARAMETERS, 1, 1, one, NULL, 0));
    FAILS(FAST_BAD_ARGUMENT, "threads", fast_problem_evaluate(problem, rows[0], PARAMETERS, 1, 0, one, NULL, 0));
    FAILS(FAST_BAD_ARGUMENT, "metric_count", fast_problem_evaluate(problem, rows[0], PARAMETERS, 1, 1, one, metrics, 2));
    one[0].struct_size = 4;
    FAILS(FAST_BAD_ARGUMENT, "fast_outcome", fast_problem_evaluate(problem, rows[0], PARAMETERS, 1, 1, one, NULL, 0));
    one[0].struct_size = sizeof one[0];
    SUCCEEDS(fast_problem_design(problem, rows[0], PARAMETERS, text, sizeof text, &size));
    EXPECT(strstr(text, "\"datapath\"") != NULL);
    static char design[1 << 16];
    strcpy(design, text);
    SUCCEEDS(fast_problem_evaluate_design(problem, design, 1, one, text, sizeof text, &size));
    EXPECT(one[0].reward == two[0].reward && strstr(text, "\"regions\":[{") != NULL);
    SUCCEEDS(fast_problem_evaluate_design(problem, "tpu-v3", 0, one, text, sizeof text, &size));
    EXPECT(one[0].objective == 1);
    FAILS(FAST_MISSING_INPUT, "tpu-v3", fast_problem_evaluate_design(problem, "tpu-v33", 0, one, text, sizeof text, &size));
    FAILS(FAST_BAD_DATA, "datapath", fast_problem_evaluate_design(problem, "{batch: 1}", 0, one, text, sizeof text, &size));

    /* The sequential environment. */
    fast_environment environment = 0;
    FAILS(FAST_BAD_ARGUMENT, "kind", fast_environment_open(problem, 9, NULL, &environment));
    FAILS(FAST_BAD_DATA, "maskedActions", fast_environment_open(problem, FAST_DESIGN, "{maskedActions: no}", &environment));
    SUCCEEDS(fast_environment_open(problem, FAST_DESIGN, NULL, &environment));
    FAILS(FAST_BAD_HANDLE, "a vector", fast_vector_describe(environment, text, sizeof text, &size));
    FAILS(FAST_BAD_HANDLE, "a problem", fast_problem_describe(environment, text, sizeof text, &size));
    SUCCEEDS(fast_environment_describe(environment, text, sizeof text, &size));
    size_t observation_count = number("\"observationCount"), mask_count = number("\"maskCount");
    float *observation = calloc(observation_count, sizeof(float)), *again = calloc(observation_count, sizeof(float));
    int8_t *mask = calloc(mask_count, 1);
    fast_transition transition = {
        .struct_size = sizeof transition, .observation = observation, .observation_count = observation_count, .mask = mask,
        .mask_count = mask_count};
    int64_t action = 0;
    fast_outcome outcome = {.struct_size = sizeof outcome};
    FAILS(FAST_NOT_RESET, "reset", fast_environment_step(environment, &action, 1, &transition));
    FAILS(FAST_NOT_RESET, "reset", fast_environment_info(environment, text, sizeof text, &size));
    SUCCEEDS(fast_environment_reset(environment, 1, 7, &transition));
    action = (int64_t)mask_count;
    FAILS(FAST_ACTION_OUTSIDE_SPACE, "whole number", fast_environment_step(environment, &action, 1, &transition));
    FAILS(FAST_BAD_ARGUMENT, "action_count", fast_environment_step(environment, &action, 2, &transition));
    transition.observation_count--;
    FAILS(FAST_BAD_ARGUMENT, "observation_count", fast_environment_step(environment, &action, 1, &transition));
    transition.observation_count++;
    FAILS(FAST_NOT_RESET, "terminated", fast_environment_outcome(environment, &outcome, NULL, 0, NULL, 0));
    int denied = 0, steps = 0;
    fast_environment twin = 0;
    do {
        for (action = 0; action < (int64_t)mask_count; action++)
            if (!mask[action]) {
                FAILS(FAST_ACTION_DENIED, "the mask allows", fast_environment_step(environment, &action, 1, &transition));
                denied++;
            }
        if (++steps == 5) SUCCEEDS(fast_environment_copy(environment, &twin));
        action = first_allowed(mask, mask_count);
        SUCCEEDS(fast_environment_step(environment, &action, 1, &transition));
    } while (!transition.terminated);
    EXPECT(denied > 0 && steps >= 18 && transition.position == -1);
    FAILS(FAST_EPISODE_OVER, "reset", fast_environment_step(environment, &action, 1, &transition));
    int64_t decisions[PARAMETERS];
    SUCCEEDS(fast_environment_outcome(environment, &outcome, metrics, 1, decisions, PARAMETERS));
    SUCCEEDS(fast_problem_evaluate(problem, decisions, PARAMETERS, 1, 1, one, NULL, 0));
    EXPECT(one[0].reward == transition.reward && outcome.reward == transition.reward);
    SUCCEEDS(fast_environment_info(environment, text, sizeof text, &size));
    EXPECT(strstr(text, "\"outcome\":{") != NULL);
    SUCCEEDS(fast_environment_chip(environment, text, sizeof text, &size));
    EXPECT(strstr(text, "\"systolic-arrays\"") != NULL && strstr(text, "\"complete\":true") != NULL);

    /* A copy and a snapshot go on from the fifth step. */
    SUCCEEDS(fast_environment_snapshot(twin, text, sizeof text, &size));
    fast_environment restored = 0;
    SUCCEEDS(fast_environment_open(problem, FAST_DESIGN, NULL, &restored));
    SUCCEEDS(fast_environment_restore(restored, text));
    FAILS(FAST_BAD_DATA, "snapshot", fast_environment_restore(restored, "{}"));
    memcpy(again, observation, observation_count * sizeof(float));
    fast_environment both[2] = {twin, restored};
    for (int which = 0; which < 2; which++) {
        int left = steps - 4;
        action = 0;
        do {
            SUCCEEDS(fast_environment_step(both[which], &action, 1, &transition));
            action = first_allowed(mask, mask_count);
            left--;
        } while (!transition.terminated);
        EXPECT(left == 0 && memcmp(again, observation, observation_count * sizeof(float)) == 0);
        EXPECT(transition.reward == outcome.reward);
        SUCCEEDS(fast_environment_close(both[which]));
        FAILS(FAST_BAD_HANDLE, "closed", fast_environment_step(both[which], &action, 1, &transition));
    }

    /* Two threads on one handle: each call steps or finds it busy. */
    pthread_t threads[2];
    Contender contenders[2] = {{environment, 0, 0, 0}, {environment, 0, 0, 0}};
    for (int which = 0; which < 2; which++) EXPECT(pthread_create(&threads[which], NULL, contend, &contenders[which]) == 0);
    for (int which = 0; which < 2; which++) pthread_join(threads[which], NULL);
    for (int which = 0; which < 2; which++) EXPECT(contenders[which].other == 0 && contenders[which].steps > 0);

    /* The vector: six environments on two threads do what each does alone. */
    fast_vector vector = 0;
    FAILS(FAST_BAD_ARGUMENT, "environments", fast_vector_open(problem, FAST_DESIGN, NULL, 0, 1, &vector));
    SUCCEEDS(fast_vector_open(problem, FAST_DESIGN, NULL, ENVIRONMENTS, 2, &vector));
    float *observations = calloc(ENVIRONMENTS * observation_count, sizeof(float));
    float *finals = calloc(ENVIRONMENTS * observation_count, sizeof(float));
    int8_t *masks = calloc(ENVIRONMENTS * mask_count, 1);
    double rewards[ENVIRONMENTS];
    uint8_t terminated[ENVIRONMENTS], truncated[ENVIRONMENTS];
    int64_t actions[ENVIRONMENTS];
    fast_vector_transition all = {
        .struct_size = sizeof all, .observations = observations, .observation_count = ENVIRONMENTS * observation_count,
        .masks = masks, .mask_count = ENVIRONMENTS * mask_count, .count = ENVIRONMENTS, .rewards = rewards,
        .terminated = terminated, .truncated = truncated, .final_observations = finals};
    FAILS(FAST_BAD_ARGUMENT, "action_count", fast_vector_step(vector, actions, 1, &all));
    FAILS(FAST_NOT_RESET, "environment 0", fast_vector_step(vector, memset(actions, 0, sizeof actions), ENVIRONMENTS, &all));
    SUCCEEDS(fast_vector_reset(vector, 1, 3, &all));
    SUCCEEDS(fast_environment_reset(environment, 1, 3, &transition));
    int ends = 0;
    for (int step = 0; step < 60; step++) {
        for (int index = 0; index < ENVIRONMENTS; index++)
            actions[index] = first_allowed(masks + (size_t)index * mask_count, mask_count);
        SUCCEEDS(fast_vector_step(vector, actions, ENVIRONMENTS, &all));
        SUCCEEDS(fast_environment_step(environment, &actions[5], 1, &transition));
        EXPECT(rewards[5] == transition.reward && terminated[5] == transition.terminated);
        if (transition.terminated) {
            ends++;
            EXPECT(memcmp(finals + 5 * observation_count, observation, observation_count * sizeof(float)) == 0);
            SUCCEEDS(fast_vector_outcome(vector, 5, &outcome, metrics, 1, decisions, PARAMETERS));
            EXPECT(outcome.reward == rewards[5]);
            SUCCEEDS(fast_vector_final_info(vector, 5, text, sizeof text, &size));
            SUCCEEDS(fast_environment_reset(environment, 0, 0, &transition));
        } else {
            FAILS(FAST_NOT_RESET, "terminated", fast_vector_outcome(vector, 5, &outcome, NULL, 0, NULL, 0));
        }
        EXPECT(memcmp(observations + 5 * observation_count, observation, observation_count * sizeof(float)) == 0);
    }
    EXPECT(ends > 1);
    FAILS(FAST_BAD_ARGUMENT, "0 ..< 6", fast_vector_outcome(vector, 6, &outcome, NULL, 0, NULL, 0));

    /* A child goes on with what it has inherited, on threads of its own. */
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        SUCCEEDS(fast_vector_step(vector, memset(actions, 0, sizeof actions), ENVIRONMENTS, &all));
        SUCCEEDS(fast_problem_evaluate(problem, rows[0], PARAMETERS, 8, 2, two, NULL, 0));
        _exit(0);
    }
    int status = 0;
    EXPECT(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    SUCCEEDS(fast_vector_close(vector));

    /* Residency, on a closed problem's environment. */
    fast_environment residency = 0;
    SUCCEEDS(fast_environment_open(problem, FAST_RESIDENCY, "{maskedActions: nearest}", &residency));
    SUCCEEDS(fast_problem_close(problem));
    FAILS(FAST_BAD_HANDLE, "closed", fast_problem_close(problem));
    transition = (fast_transition){.struct_size = sizeof transition};
    SUCCEEDS(fast_environment_reset(residency, 0, 0, &transition));
    double saved = 0;
    action = 1;
    for (steps = 0; !transition.terminated; steps++) {
        SUCCEEDS(fast_environment_step(residency, &action, 1, &transition));
        saved += transition.reward;
    }
    EXPECT(steps > 10 && saved > 0 && saved < 1);
    SUCCEEDS(fast_environment_info(residency, text, sizeof text, &size));
    EXPECT(strstr(text, "\"cycles\":") != NULL);
    SUCCEEDS(fast_environment_close(residency));
    SUCCEEDS(fast_environment_close(environment));
    printf("libfast %s: passed\n", fast_version());
    return 0;
}
