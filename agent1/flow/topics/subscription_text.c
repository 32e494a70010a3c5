#include "agent1/flow/topics/subscription_text.h"

#include <string.h>

#include "agent1/model/heard_line.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define FILTER_SHOWN_CHARS 160
#define REASON_SHOWN_CHARS 200
/* A phone shows this much without scrolling for long. */
#define BLOCK_CHARS       6000
#define MESSAGE_MAX_CHARS 1000

static char *filter_of(const Row *row)
{
    return text_make_line(row_text(row, SUBSCRIPTIONS_FILTER), FILTER_SHOWN_CHARS);
}

char *subscription_name(const Row *row)
{
    g_autofree char *filter = filter_of(row);

    return g_strdup_printf("s%" G_GINT64_FORMAT " %s", row_int(row, SUBSCRIPTIONS_NUMBER), filter);
}

/* "1 message", "4 messages". */
static char *messages(const Core *core, int64_t count)
{
    return g_strdup_printf(core_words(core, "%" G_GINT64_FORMAT " message%s"), count,
                           core_plural(core, count));
}

char *subscription_text_up(const Core *core, const Row *row)
{
    int64_t number = row_int(row, SUBSCRIPTIONS_NUMBER);
    g_autofree char *filter = filter_of(row);
    g_autofree char *count = messages(core, row_int(row, SUBSCRIPTIONS_COUNT));
    g_autofree char *until = core_local_time(core, row_int(row, SUBSCRIPTIONS_ENDS));

    return g_strdup_printf(
        core_words(core,
                   "s%" G_GINT64_FORMAT
                   ": I listen to %s, for at most %s and until %s; !subscriptions cancel "
                   "s%" G_GINT64_FORMAT " ends it; if nothing comes, the broker's access list may "
                   "forbid it, which mosquitto does not say"),
        number, filter, count, until, number);
}

char *subscription_text_down(const Core *core, const Row *row, const char *reason)
{
    g_autofree char *name = subscription_name(row);
    g_autofree char *line = text_make_line(reason, REASON_SHOWN_CHARS);
    g_autofree char *until = core_local_time(core, row_int(row, SUBSCRIPTIONS_ENDS));

    return g_strdup_printf(
        core_words(core, "%s: there is no MQTT broker (%s); I try again until %s; !subscriptions "
                         "cancel s%" G_GINT64_FORMAT " ends it"),
        name, line, until, row_int(row, SUBSCRIPTIONS_NUMBER));
}

/* "messages 4 to 6 of at most 10". */
static char *count_heard(const Core *core, const Row *row, unsigned count)
{
    int64_t last = row_int(row, SUBSCRIPTIONS_SHOWN);
    int64_t most = row_int(row, SUBSCRIPTIONS_COUNT);

    if (count == 1)
        return g_strdup_printf(
            core_words(core, "message %" G_GINT64_FORMAT " of at most %" G_GINT64_FORMAT), last,
            most);
    return g_strdup_printf(core_words(core, "messages %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                                            " of at most %" G_GINT64_FORMAT),
                           last - count + 1, last, most);
}

static char *quote(const EventHeard *heard, unsigned count)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < count; i++) {
        const HeardMessage *message = heard->messages->pdata[i];
        g_autofree char *line =
            heard_line(message->topic, message->is_retained, message->payload, message->length,
                       message->whole_length, MIN(BLOCK_CHARS / count, MESSAGE_MAX_CHARS));

        g_string_append_printf(lines, "%s%s", i ? "\n" : "", line);
    }
    return text_fence(lines->str);
}

char *subscription_text_heard(const Core *core, const Row *row, const EventHeard *heard,
                              unsigned count)
{
    g_autofree char *name = subscription_name(row);
    g_autofree char *which = NULL;
    g_autofree char *block = NULL;

    if (count == 0)
        return g_strdup_printf(core_words(core, "%s: %" G_GUINT64_FORMAT
                                                " more came too fast to show; %" G_GINT64_FORMAT
                                                " of at most %" G_GINT64_FORMAT " are shown"),
                               name, heard->dropped, row_int(row, SUBSCRIPTIONS_SHOWN),
                               row_int(row, SUBSCRIPTIONS_COUNT));
    which = count_heard(core, row, count);
    block = quote(heard, count);
    if (heard->dropped == 0)
        return g_strdup_printf("%s: %s\n%s", name, which, block);
    return g_strdup_printf(
        core_words(core, "%s: %s\n%s\nand %" G_GUINT64_FORMAT " more came too fast to show"), name,
        which, block, heard->dropped);
}

static const char *words_of(const Core *core, const char *text)
{
    return text ? core_words(core, text) : "";
}

char *subscription_text_end(const Core *core, const Row *row, const SubscriptionEnd *how)
{
    int64_t shown = row_int(row, SUBSCRIPTIONS_SHOWN);
    int64_t dropped = row_int(row, SUBSCRIPTIONS_DROPPED);
    int64_t gaps = row_int(row, SUBSCRIPTIONS_GAPS);
    g_autofree char *name = subscription_name(row);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *came = messages(core, shown);

    g_string_append_printf(text, core_words(core, "%s: %s%s%s: %s came"), name,
                           words_of(core, how->begin), how->detail ? how->detail : "",
                           words_of(core, how->end),
                           shown + dropped > 0 ? came : core_words(core, "no message"));
    if (dropped > 0)
        g_string_append_printf(
            text, core_words(core, ", and %" G_GINT64_FORMAT " more too fast to show"), dropped);
    if (gaps > 0)
        g_string_append_printf(text,
                               core_words(core,
                                          "; I could not listen all the time (%" G_GINT64_FORMAT
                                          " gap%s), and what came then is not here"),
                               gaps, core_plural(core, gaps));
    return g_strdup(text->str);
}

char *subscription_text_line(const Core *core, const Row *row, bool has_owner)
{
    bool is_up = row_int(row, SUBSCRIPTIONS_STAGE) == STAGE_UP;
    const char *owner = has_owner ? row_text(row, SUBSCRIPTIONS_USER) : NULL;
    g_autofree char *name = subscription_name(row);
    g_autofree char *most = messages(core, row_int(row, SUBSCRIPTIONS_COUNT));
    g_autofree char *until = core_local_time(core, row_int(row, SUBSCRIPTIONS_ENDS));

    return g_strdup_printf(
        core_words(core, "%s: %" G_GINT64_FORMAT " of at most %s, until %s%s%s%s"), name,
        row_int(row, SUBSCRIPTIONS_SHOWN), most, until,
        is_up ? "" : core_words(core, ", the broker is not there"),
        owner ? core_words(core, ", for ") : "", owner ? owner : "");
}
