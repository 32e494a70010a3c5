/*
 * A worker's world (worker_world.h) in which answers come late: tasks that run or have ended, and
 * events that the test makes itself. Needs what worker_world.h needs before it.
 */
#ifndef TESTS_UNIT_AGENT2_LATE_WORLD_H
#define TESTS_UNIT_AGENT2_LATE_WORLD_H

#include "tests/unit/agent2/worker_world.h"

/* An answer of the journal that the test gives, and not the world's. */
static inline WorkerEvent *new_answer(const Message *task, WorkerEffectKind effect,
                                      WorkerStored outcome)
{
    WorkerEvent *event =
        worker_event_new_for_run(WORKER_EVENT_JOURNALED, task->task.run, task->task.attempt);

    event->journaled.effect = effect;
    event->journaled.outcome = outcome;
    event->journaled.problem = outcome == WORKER_STORED ? NULL : g_strdup("the journal says no");
    return event;
}

static inline WorkerEvent *new_read(const World *world, const Message *task, WorkerReadKind kind)
{
    WorkerEvent *event =
        worker_event_new_for_run(WORKER_EVENT_FOLDER, task->task.run, task->task.attempt);

    event->read.kind = kind;
    event->read.folder = run_disk_facts(world_folder_of(world, task));
    return event;
}

static inline World *world_of_one_at_a_time(void)
{
    World *world = world_new_unstarted();

    world->max_parallel = 1;
    world_start(world);
    world_link_up(world);
    world_forget(world);
    return world;
}

static inline Message *new_running(World *world)
{
    Message *task = world_new_task(world, "true");

    world_send(world, task);
    assert_true(world_shim_starts(world, task));
    return task;
}

static inline Message *new_ended(World *world)
{
    Message *task = new_running(world);

    world_shim_ends(world, task, END_EXITED, 0);
    return task;
}

/* Drops what the journal holds, as if those effects were never asked for. */
static inline void forget_held(World *world)
{
    WorkerEffect *effect;

    while ((effect = g_queue_pop_head(world->held)) != NULL)
        worker_effect_free(effect);
}

static inline unsigned count_held(const World *world, WorkerEffectKind kind)
{
    unsigned count = 0;

    for (const GList *item = world->held->head; item; item = item->next)
        count += ((const WorkerEffect *)item->data)->kind == kind;
    return count;
}

#endif
