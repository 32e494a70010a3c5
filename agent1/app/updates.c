#include "agent1/app/updates.h"

#include "agent1/port/event.h"
#include "common/sys/update_checker.h"
#include "common/base/banned.h"

struct Updates {
    Mailbox *events;
    UpdateChecker *checker;
};

static void post_news(const UpdateNews *news, void *data)
{
    Updates *updates = data;
    Event *event = event_new(EVENT_UPDATE);

    event->update = update_news_copy(news);
    if (!mailbox_post(updates->events, event))
        event_free(event);
}

Updates *updates_new(Mailbox *events)
{
    Updates *updates = g_new0(Updates, 1);

    updates->events = events;
    updates->checker = update_checker_new(post_news, updates);
    return updates;
}

void updates_free(Updates *updates)
{
    if (!updates)
        return;

    update_checker_free(updates->checker);
    g_free(updates);
}

void updates_look(Updates *updates, const EffectUpdate *update)
{
    g_autoptr(UpdateNews) busy = update_news_new(UPDATE_BUSY);

    if (!update_checker_start(updates->checker, update->path, update->branch))
        post_news(busy, updates);
}
