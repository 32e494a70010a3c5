/*
 * What an approval is bound to: a hash over everything that decides what would be started. agent1
 * makes it when it asks, again when a person answers, and sends it with the task; the worker makes
 * it from the task that came, and refuses one that is another. Pure.
 */
#ifndef COMMON_WIRE_APPROVAL_H
#define COMMON_WIRE_APPROVAL_H

#include <stdbool.h>
#include <stdint.h>

/* Everything is borrowed. */
typedef struct ApprovalSubject {
    const char *run; /* ULID: an approval is for one run alone */
    const char *agent;
    const char *task; /* the text, as the wire carries it */
    const char *requested_by;
    int64_t timeout_s;
    bool is_idempotent;
} ApprovalSubject;

/* 64 hex digits: SHA-256 over one line for each member, the task last. The caller owns it. */
char *approval_hash(const ApprovalSubject *subject);

#endif
