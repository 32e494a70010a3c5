/*
 * Which task a body is that nobody may decode: a program crashed on it. Found by its bytes alone,
 * without a parser. Pure.
 */
#ifndef COMMON_WIRE_TASK_MARK_H
#define COMMON_WIRE_TASK_MARK_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct TaskMark {
    char *request; /* the message's id */
    char *run;
    char *journal; /* NULL: it names none */
    int64_t number;
    int64_t attempt;
    int64_t expires_ms; /* 0: not to be found */
} TaskMark;

void task_mark_clear(TaskMark *mark);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TaskMark, task_mark_clear)

/* False, with out untouched, when it is no task, or not of this protocol. The caller clears it. */
bool task_mark_find(const char *body, size_t length, TaskMark *out);

#endif
