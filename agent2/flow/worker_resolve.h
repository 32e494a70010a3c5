/*
 * From a task to a command: which skill it means, and with which arguments. The first word of a
 * task's text names a skill; any other text is for the skill `shell`, where this worker has it.
 * Pure.
 */
#ifndef AGENT2_FLOW_WORKER_RESOLVE_H
#define AGENT2_FLOW_WORKER_RESOLVE_H

#include "agent2/flow/skill_book.h"
#include "agent2/port/worker_effect.h"
#include "common/wire/message.h"

/* The order's argv, environment and time limit; *out_skill is borrowed from the book. NULL with
 * PROBLEM_VALUE and the like when this worker cannot do it: the message is the reason for people,
 * with the list of skills where the task names none of them. The caller owns the order. */
WorkerOrder *worker_resolve(const SkillBook *skills, const MessageTask *task,
                            const Skill **out_skill, GError **error);

#endif
