#include "agent2/flow/worker_update.h"

#include "common/base/limits.h"

#include "common/base/banned.h"

#define CONFIGURATION "agent2.json"

static void answer(Worker *worker, const char *in_reply_to, const UpdateNews *news,
                   WorkerEffects *effects)
{
    g_autofree char *text = update_news_text(news);

    worker_answer(worker, effects, in_reply_to, news->state == UPDATE_KNOWN, text,
                  update_news_print(news));
}

static void answer_problem(Worker *worker, const char *in_reply_to, UpdateState state,
                           WorkerEffects *effects)
{
    g_autoptr(UpdateNews) news = update_news_new(state);

    if (state == UPDATE_NO_PATH)
        news->subject = g_strdup(CONFIGURATION);
    news->checked_ms = worker->now_ms;
    answer(worker, in_reply_to, news, effects);
}

void worker_update_take(Worker *worker, const Message *message, WorkerEffects *effects)
{
    const WorkerSettings *settings = worker->settings;
    GPtrArray *askers = worker->update_askers;

    if (!settings->install_path) {
        answer_problem(worker, message->id, UPDATE_NO_PATH, effects);
        return;
    }
    /* A repeat: its answer is on its way. */
    if (g_ptr_array_find_with_equal_func(askers, message->id, g_str_equal, NULL))
        return;
    if (askers->len >= UPDATE_ASKERS) {
        answer_problem(worker, message->id, UPDATE_BUSY, effects);
        return;
    }
    g_ptr_array_add(askers, g_strdup(message->id));
    if (worker->is_looking)
        return;

    worker->is_looking = true;
    worker_effects_update(effects, settings->install_path, settings->git_branch);
}

void worker_update_tell(Worker *worker, const UpdateNews *news, WorkerEffects *effects)
{
    GPtrArray *askers = worker->update_askers;

    worker->is_looking = false;
    for (guint i = 0; i < askers->len; i++)
        answer(worker, g_ptr_array_index(askers, i), news, effects);
    g_ptr_array_set_size(askers, 0);
}
