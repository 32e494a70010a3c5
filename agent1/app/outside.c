#include "agent1/app/outside.h"

#include "common/base/banned.h"

struct Outside {
    bool is_up[LINK_COUNT];
    uint64_t share_max_bytes; /* as XMPP_FACT_SHARE told last: 0 for no files */
    GPtrArray *taken;         /* ids (char *) of EVENT_SAID since the batch in flight began */
    GPtrArray *taken_before;  /* … and within that batch */
};

static void free_event(void *event)
{
    event_free(event);
}

Outside *outside_new(void)
{
    Outside *outside = g_new0(Outside, 1);

    outside->taken = g_ptr_array_new_with_free_func(g_free);
    outside->taken_before = g_ptr_array_new_with_free_func(g_free);
    return outside;
}

void outside_free(Outside *outside)
{
    if (!outside)
        return;

    g_ptr_array_unref(outside->taken);
    g_ptr_array_unref(outside->taken_before);
    g_free(outside);
}

void outside_note(Outside *outside, const Event *event)
{
    if (event->kind == EVENT_LINK_UP || event->kind == EVENT_LINK_DOWN)
        outside->is_up[event->link] = event->kind == EVENT_LINK_UP;
    else if (event->kind == EVENT_XMPP && event->fact.kind == XMPP_FACT_SHARE)
        outside->share_max_bytes = event->fact.max_bytes;
    else if (event->kind == EVENT_SAID)
        g_ptr_array_add(outside->taken, g_strdup(event->said_id));
}

static void move(GPtrArray **from, GPtrArray *to)
{
    g_ptr_array_extend_and_steal(to, *from);
    *from = g_ptr_array_new_with_free_func(g_free);
}

void outside_batch_begins(Outside *outside)
{
    move(&outside->taken, outside->taken_before);
}

void outside_batch_stored(Outside *outside)
{
    g_ptr_array_set_size(outside->taken_before, 0);
}

/* What was taken comes first: else the core would have it said again. */
GPtrArray *outside_tell(Outside *outside)
{
    GPtrArray *events = g_ptr_array_new_with_free_func(free_event);
    unsigned i;
    int link;

    move(&outside->taken_before, outside->taken);
    for (i = 0; i < outside->taken->len; i++) {
        Event *event = event_new(EVENT_SAID);

        event->said_id = g_strdup(outside->taken->pdata[i]);
        g_ptr_array_add(events, event);
    }
    for (link = 0; link < LINK_COUNT; link++) {
        Event *event = event_new(EVENT_LINK_UP);

        event->link = (Link)link;
        if (outside->is_up[link])
            g_ptr_array_add(events, event);
        else
            event_free(event);
    }
    if (outside->is_up[LINK_XMPP] && outside->share_max_bytes > 0) {
        Event *event = event_new(EVENT_XMPP);

        event->fact.kind = XMPP_FACT_SHARE;
        event->fact.max_bytes = outside->share_max_bytes;
        g_ptr_array_add(events, event);
    }
    return events;
}
