/*
 * What an agent says, for programs that stand in for many: it registers, tells its status, and says
 * "accepted" and "succeeded" to a task. What it does not do: any work, a journal, a repeat.
 */
#ifndef TESTS_BENCH_STAND_IN_H
#define TESTS_BENCH_STAND_IN_H

#include "tests/bench/frames.h"

typedef struct StandIn {
    const char *name;
    char *journal;
    char *register_id; /* of the last registration */
    int64_t session;
    int64_t seq;
    Frames frames;
} StandIn;

/* name: borrowed for good. key_file and agent1 as frames_init() takes them. */
void stand_in_init(StandIn *stand_in, Packets *packets, const char *name, const char *key_file,
                   const char *agent1);

/* A session of its own for each connection. */
void stand_in_begin_session(StandIn *stand_in);

/* Registers; a repeat has the id of the first. */
void stand_in_register(StandIn *stand_in, bool is_repeat);
void stand_in_say_online(StandIn *stand_in);

void stand_in_accept(StandIn *stand_in, const Message *task);
void stand_in_succeed(StandIn *stand_in, const char *run, int64_t attempt);

/* The answer to a control: to a query that no run is known, else that it is done. */
void stand_in_obey(StandIn *stand_in, const Message *control);

#endif
