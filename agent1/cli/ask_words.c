#include "agent1/cli/ask_words.h"

#include <string.h>

#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/wire/utterance.h"

#include "common/base/banned.h"

#define TEXT_SHOWN_CHARS 40

/* How to say something to agent1 from here. */
static char *way_to(const char *command, bool is_in_talk)
{
    return is_in_talk ? g_strdup(command) : g_strdup_printf("agentctl send '%s'", command);
}

static char *run_goes_on(const Ask *ask, bool is_in_talk)
{
    g_autofree char *number = g_strndup(ask->label + 1, strspn(ask->label + 1, "0123456789"));
    g_autofree char *show = g_strdup_printf("!run %s", number);
    g_autofree char *stop = g_strdup_printf("!cancel %s", number);
    g_autofree char *way_to_show = way_to(show, is_in_talk);
    g_autofree char *way_to_stop = way_to(stop, is_in_talk);

    return g_strdup_printf("%s goes on; %s shows it, %s stops it", ask->label, way_to_show,
                           way_to_stop);
}

static char *subscription_goes_on(const Ask *ask, bool is_in_talk)
{
    g_autofree char *end = g_strdup_printf("!subscriptions cancel %s", ask->label);
    g_autofree char *way_to_show = way_to("!subscriptions", is_in_talk);
    g_autofree char *way_to_end = way_to(end, is_in_talk);

    return g_strdup_printf("%s goes on; %s shows it, %s ends it", ask->label, way_to_show,
                           way_to_end);
}

bool ask_is_talk(const Ask *ask)
{
    g_autoptr(GPtrArray) lines = utterance_parse(ask->text);

    for (unsigned i = 0; i < lines->len; i++) {
        if (((const Line *)lines->pdata[i])->kind == LINE_TALK)
            return true;
    }
    return false;
}

/* Until a run comes of it. */
static bool is_thought_about(const Ask *ask)
{
    return (!ask->runs || g_hash_table_size(ask->runs) == 0) && ask_is_talk(ask);
}

static char *thought_goes_on(const char *text, bool is_in_talk)
{
    g_autofree char *way = way_to("!stop", is_in_talk);

    return g_strdup_printf("\"%s\": the model goes on thinking, and may still act; %s stops it",
                           text, way);
}

static char *waits(const Ask *ask, const char *text, int64_t now_ms)
{
    int64_t left_ms = ask->expires_ms > 0 ? (ask->expires_ms - now_ms) / 1000 * 1000 : 0;
    g_autofree char *left = left_ms > 0 ? duration_format(left_ms) : NULL;

    if (ask->sent_count == 0)
        return g_strdup_printf("\"%s\" was not sent: there was no connection", text);
    if (left)
        return g_strdup_printf("agent1 has not answered \"%s\" yet, and may still take it for %s",
                               text, left);
    return g_strdup_printf("agent1 has not answered \"%s\" yet", text);
}

char *ask_goes_on(const Ask *ask, bool is_in_talk, int64_t now_ms)
{
    g_autofree char *text = text_make_line(ask->text, TEXT_SHOWN_CHARS);
    g_autofree char *way = NULL;

    if (ask->label)
        return *ask->label == '#' ? run_goes_on(ask, is_in_talk)
                                  : subscription_goes_on(ask, is_in_talk);
    if (ask->state == ASK_WAITING)
        return waits(ask, text, now_ms);
    if (is_thought_about(ask))
        return thought_goes_on(text, is_in_talk);

    way = way_to("!runs", is_in_talk);
    return g_strdup_printf("\"%s\" goes on; %s shows what becomes of it", text, way);
}

const char *ask_without_label(const Ask *ask, const char *text)
{
    size_t length = ask->label ? strlen(ask->label) : 0;

    if (length > 0 && g_str_has_prefix(text, ask->label) && g_str_has_prefix(text + length, ": "))
        return text + length + 2;
    return text;
}

const char *ask_unreachable(bool was_connected)
{
    if (!was_connected)
        return "no answer: the broker could not be reached";
    return "no answer from agent1 (is it connected to this broker? is orchestrator_key right? is "
           "this key in users?)";
}

char *ask_may_still_come(const Ask *ask, int64_t now_ms)
{
    int64_t left_ms = (ask->expires_ms - now_ms) / 1000 * 1000;
    g_autofree char *left = left_ms > 0 ? duration_format(left_ms) : NULL;

    return left ? g_strdup_printf("what was sent may still be taken for %s", left) : NULL;
}

/* "#12 web1: queued". */
static int64_t run_of_line(const char *line)
{
    char *end = NULL;
    int64_t number;

    if (*line != '#' || !g_ascii_isdigit(line[1]))
        return 0;

    number = g_ascii_strtoll(line + 1, &end, 10);
    return *end == ' ' && strstr(end, ": ") ? number : 0;
}

int64_t reply_last_run(const MessageReply *reply)
{
    g_auto(GStrv) lines = NULL;
    int64_t last = 0;

    if (!reply->runs || reply->runs->len == 0 || !reply->text)
        return 0;

    lines = g_strsplit(reply->text, "\n", -1);
    /* What stands in a fence is output. */
    for (unsigned i = 0; lines[i] && !g_str_has_prefix(lines[i], "```"); i++)
        last = MAX(last, run_of_line(lines[i]));

    return last;
}
