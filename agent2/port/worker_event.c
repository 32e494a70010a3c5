#include "agent2/port/worker_event.h"

#include "common/base/banned.h"

WorkerEvent *worker_event_new(WorkerEventKind kind)
{
    WorkerEvent *event = g_new0(WorkerEvent, 1);

    event->kind = kind;
    return event;
}

WorkerEvent *worker_event_new_for_run(WorkerEventKind kind, const char *run, int64_t attempt)
{
    WorkerEvent *event = worker_event_new(kind);

    event->run = g_strdup(run);
    event->attempt = attempt;
    return event;
}

static void clear_read(WorkerRead *read)
{
    worker_folder_free(read->folder);
    g_free(read->problem);
    g_clear_pointer(&read->output.head, g_bytes_unref);
    g_clear_pointer(&read->output.tail, g_bytes_unref);
    g_free(read->output.in_reply_to);
}

void worker_event_free(WorkerEvent *event)
{
    if (!event)
        return;

    switch (event->kind) {
    case WORKER_EVENT_MESSAGE:
        g_free(event->message.topic_name);
        g_free(event->message.sender);
        message_free(event->message.message);
        break;
    case WORKER_EVENT_SET_ASIDE:
        g_free(event->set_aside.what);
        task_mark_clear(&event->set_aside.task);
        break;
    case WORKER_EVENT_JOURNALED:
        g_free(event->journaled.problem);
        break;
    case WORKER_EVENT_FOLDER:
        clear_read(&event->read);
        break;
    case WORKER_EVENT_UPDATE:
        update_news_free(event->news);
        break;
    case WORKER_EVENT_LINK_UP:
    case WORKER_EVENT_LINK_DOWN:
    case WORKER_EVENT_GREW:
    case WORKER_EVENT_SETTLED:
    case WORKER_EVENT_NOT_LAUNCHED:
    case WORKER_EVENT_TICK:
    case WORKER_EVENT_STOP:
        break;
    }
    g_free(event->run);
    g_free(event);
}
