/*
 * What people hear of a subscription. What came from outside stands in a fenced block, so that
 * nothing in it reads like words of agent1's.
 */
#ifndef AGENT1_FLOW_TOPICS_SUBSCRIPTION_TEXT_H
#define AGENT1_FLOW_TOPICS_SUBSCRIPTION_TEXT_H

#include "agent1/flow/state/core_state.h"
#include "agent1/port/heard.h"

#include <glib.h>

/* Where a subscription stands, in SUBSCRIPTIONS_STAGE. */
typedef enum {
    STAGE_ASKED,   /* the broker was asked, and nobody told of it yet */
    STAGE_WAITING, /* there is no broker, which was told */
    STAGE_UP,      /* it stands, which was told */
    STAGE_AWAY,    /* it stood, and the broker is away */
} SubscriptionStage;

/* How it ends: two texts that are looked up in the language of whoever hears it, and between them
 * what is as it is; each may be NULL. */
typedef struct SubscriptionEnd {
    const char *begin;
    const char *detail;
    const char *end;
} SubscriptionEnd;

/* All texts are the caller's. "s3 home/+/state" */
char *subscription_name(const Row *row);

/* "s3: I listen to home/+/state: …"; and when there is no broker, for this reason. */
char *subscription_text_up(const Core *core, const Row *row);
char *subscription_text_down(const Core *core, const Row *row, const char *reason);

/* The first `count` of the messages, which are counted in the row already. */
char *subscription_text_heard(const Core *core, const Row *row, const EventHeard *heard,
                              unsigned count);

/* "s3 home/+/state: <how>: 4 messages came", with what is missing of them. */
char *subscription_text_end(const Core *core, const Row *row, const SubscriptionEnd *how);

/* A line of !subscriptions. */
char *subscription_text_line(const Core *core, const Row *row, bool has_owner);

#endif
