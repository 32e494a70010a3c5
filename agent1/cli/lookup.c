#include "agent1/cli/lookup.h"

#include <string.h>

#include "common/base/text.h"
#include "common/sys/clock.h"

#include "common/base/banned.h"

/* What is known is asked for anew after this time. A Tab waits so long for the answer; it is taken
 * in, too, when it comes later, but not for ever. */
#define AGAIN_MS    (30 * 1000)
#define PATIENCE_MS 400
#define LATE_MS     5000

/* Who names an agent to talk with waits longer: what is typed next is for it. */
#define AGENT_PATIENCE_MS 2000

#define QUESTIONS_MAX 1000

/* Before a name it asks what the gate says of that agent: who is unknown comes with the nearest. */
#define ABOUT_AGENT    "!why "
#define UNKNOWN        " (unknown_agent): "
#define TOLD_MAX_CHARS 400

struct Lookup {
    Channel *channel;
    Completion *completion;
    Ask *open;         /* NULL: none */
    Ask *about;        /* the agent that is waited for; NULL: none */
    bool is_unknown;   /* it is none */
    GHashTable *asked; /* char * → int64_t *, boot time */
};

Lookup *lookup_new(Channel *channel, Completion *completion)
{
    Lookup *lookup = g_new0(Lookup, 1);

    lookup->channel = channel;
    lookup->completion = completion;
    lookup->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    return lookup;
}

void lookup_free(Lookup *lookup)
{
    if (!lookup)
        return;

    g_hash_table_unref(lookup->asked);
    g_free(lookup);
}

void lookup_note(Lookup *lookup, const char *question)
{
    int64_t now_ms = clock_boot_ms();

    if (g_hash_table_size(lookup->asked) >= QUESTIONS_MAX)
        g_hash_table_remove_all(lookup->asked);
    g_hash_table_insert(lookup->asked, g_ascii_strdown(question, -1),
                        g_memdup2(&now_ms, sizeof(now_ms)));
}

static bool is_known(const Lookup *lookup, const char *question)
{
    g_autofree char *lower = g_ascii_strdown(question, -1);
    const int64_t *asked_ms = g_hash_table_lookup(lookup->asked, lower);

    return asked_ms && clock_boot_ms() - *asked_ms < AGAIN_MS;
}

static char *tell(const Ask *ask, const MessageReply *reply)
{
    if (!g_str_has_prefix(ask->text, ABOUT_AGENT) || !strstr(reply->text, UNKNOWN))
        return NULL;
    return text_make_line(reply->text, TOLD_MAX_CHARS);
}

char *lookup_heard(Lookup *lookup, Heard heard, Ask *ask, const Message *message)
{
    char *told = NULL;

    if (message && heard != HEARD_ANSWER)
        return NULL;

    if (message) {
        completion_learn(lookup->completion, ask->text, message->reply.text);
        told = tell(ask, &message->reply);
    }
    if (ask == lookup->open)
        lookup->open = NULL;
    if (ask == lookup->about) {
        lookup->about = NULL;
        lookup->is_unknown = told != NULL;
    }
    channel_forget(lookup->channel, ask);

    return told;
}

static gboolean on_patience_over(gpointer data)
{
    *(bool *)data = true;

    return G_SOURCE_CONTINUE;
}

/* Turns the main loop until the answer is there, or it takes too long. */
static void wait_a_moment(Ask *const *open, unsigned patience_ms, const bool *is_woken)
{
    bool is_over = false;
    guint alarm = g_timeout_add(patience_ms, on_patience_over, &is_over);

    while (*open && !is_over && !*is_woken)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(alarm);
}

static Ask *ask_about(Lookup *lookup, const char *agent)
{
    g_autofree char *question = g_strconcat(ABOUT_AGENT, agent, NULL);
    const AskWish wish = { .text = question, .is_hidden = true, .timeout_ms = LATE_MS };

    /* Whoever has so many questions open hears it from the first task. */
    return channel_ask(lookup->channel, &wish, NULL);
}

void lookup_agent(Lookup *lookup, const char *agent)
{
    (void)ask_about(lookup, agent);
}

bool lookup_find_agent(Lookup *lookup, const char *agent, const bool *is_woken)
{
    lookup->is_unknown = false;
    lookup->about = ask_about(lookup, agent);
    wait_a_moment(&lookup->about, AGENT_PATIENCE_MS, is_woken);
    lookup->about = NULL;
    return !lookup->is_unknown;
}

void lookup_before(Lookup *lookup, const char *before, const bool *is_woken)
{
    g_autofree char *question = completion_question(lookup->completion, before);
    const AskWish wish = { .text = question, .is_hidden = true, .timeout_ms = LATE_MS };

    if (!question)
        return;
    if (!lookup->open && !is_known(lookup, question)) {
        lookup->open = channel_ask(lookup->channel, &wish, NULL);
        lookup_note(lookup, question);
    }
    wait_a_moment(&lookup->open, PATIENCE_MS, is_woken);
}
