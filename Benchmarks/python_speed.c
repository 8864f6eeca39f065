/* What Benchmarks/python_speed measures, from C: nanoseconds of a step that doesn't finish a design, or milliseconds of a flat evaluation.
 *
 *   python_speed HOME PROBLEM step EPISODES
 *   python_speed HOME PROBLEM flat DESIGNS
 */
#include <fast.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void check(fast_status status) {
    if (status == FAST_OK) return;
    char message[4096];
    size_t size;
    fast_error_message(message, sizeof message, &size);
    fprintf(stderr, "python_speed: %s\n", message);
    exit(1);
}

enum { PARAMETERS = 21 };

int main(int argc, char **argv) {
    if (argc != 5) return 64;
    int is_flat = strcmp(argv[3], "flat") == 0, count = atoi(argv[4]);
    fast_problem problem;
    check(fast_problem_open(argv[2], argv[1], &problem));
    fast_environment environment;
    check(fast_environment_open(problem, is_flat ? FAST_FLAT_DESIGN : FAST_DESIGN, NULL, &environment));
    static float observation[4096];
    static int8_t mask[4096];
    char text[1 << 14];
    size_t size;
    check(fast_environment_describe(environment, text, sizeof text, &size));
    fast_transition transition = {.struct_size = sizeof transition, .observation = observation, .mask = mask};
    transition.observation_count = strtoul(strstr(text, "\"observationCount") + 19, NULL, 10);
    transition.mask_count = strtoul(strstr(text, "\"maskCount") + 12, NULL, 10);
    double total = 0;
    long steps = 0;
    for (int episode = 0; episode < count; episode++) {
        int64_t decisions[PARAMETERS];
        check(fast_problem_sample(problem, (uint64_t)episode, 0, 1, decisions, PARAMETERS));
        double start;
        if (is_flat) {
            for (int i = 0; i < PARAMETERS; i++)
                if (decisions[i] < 0) decisions[i] = 0;
            start = seconds();
            check(fast_environment_reset(environment, 0, 0, &transition));
            check(fast_environment_step(environment, decisions, PARAMETERS, &transition));
            total += seconds() - start;
            steps++;
            continue;
        }
        check(fast_environment_reset(environment, 0, 0, &transition));
        start = seconds();
        for (int i = 0; i < PARAMETERS - 1; i++) {
            if (decisions[i] < 0) continue;
            check(fast_environment_step(environment, &decisions[i], 1, &transition));
            steps++;
        }
        total += seconds() - start;
    }
    printf("%.9g\n", total / (double)steps);
    return 0;
}
