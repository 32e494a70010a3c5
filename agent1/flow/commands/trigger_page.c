/*
 * SEARCH: and READ: typed by a person: who asked hears what stands there when it comes, in a fence.
 */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/state/pages.h"
#include "agent1/flow/voice/page_words.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define ASKED_SHOWN_CHARS 200

static void say_found(Turn *turn, const PageAsk *ask, const PageNews *news)
{
    g_autofree char *asked = text_make_line(ask->text, ASKED_SHOWN_CHARS);
    g_autofree char *block = page_words_block(news);

    if (ask->kind == PAGE_SEARCH)
        turn_say(turn, "Found for \"%s\", in the words of others:", asked);
    else
        turn_say(turn, "%s, in the words of others:", asked);
    turn_say(turn, "%s", block);
    if (news->is_cut)
        turn_say(turn, "(cut: there is more of it)");
}

/* What was asked for, without a name and a password that may stand in an address. The caller owns
 * it. */
static char *describe(const PageAsk *ask)
{
    const char *scheme = ask->kind == PAGE_READ ? strstr(ask->text, "://") : NULL;
    const char *start = scheme ? scheme + strlen("://") : ask->text;
    size_t length = strcspn(start, "/?#");
    const char *at = ask->kind == PAGE_READ ? g_strrstr_len(start, (gssize)length, "@") : NULL;
    g_autofree char *clean =
        at ? g_strdup_printf("%.*s…%s", (int)(start - ask->text), ask->text, at) : NULL;

    return text_make_line(clean ? clean : ask->text, SHOWN_MAX_CHARS);
}

static void say_failure(Core *core, Turn *turn, const PageAsk *ask, const PageNews *news)
{
    g_autofree char *asked = describe(ask);
    g_autofree char *failure = page_words_failure(core, ask->kind, ask->text, news);

    if (ask->kind == PAGE_SEARCH && news->outcome != PAGE_EMPTY)
        turn_fail(turn, "the search for \"%s\" failed: %s", asked, failure);
    else
        turn_fail(turn, "%s: %s", asked, failure);
}

static void show(Core *core, const PageAsk *ask, const PageNews *news)
{
    Turn turn;

    turn_init(&turn, core, ask->speaker);
    turn.is_news = true;
    if (news->outcome == PAGE_FOUND) {
        say_found(&turn, ask, news);
    } else {
        say_failure(core, &turn, ask, news);
    }
    turn_finish(&turn);
    if (news->outcome == PAGE_NO_READER)
        effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL, "agent1-reader: %s",
                    news->why ? news->why : "it cannot do it");
}

static void ask(Core *core, Turn *turn, PageKind kind, const char *text)
{
    if (turn->speaker->is_dry_run)
        turn_say(turn, "allowed (dry run: nothing was asked of the web)");
    else if (!pages_ask(core, kind, text, turn->speaker, show))
        turn_fail(turn, "Too many pages are being read at this moment; please ask again.");
}

void trigger_search(Core *core, Turn *turn, const char *rest)
{
    g_autofree char *words = g_strstrip(g_strdup(rest));

    if (!*words)
        turn_fail(turn, "expected SEARCH: <words>");
    else if (strlen(words) > PAGE_QUERY_MAX_BYTES)
        turn_fail(turn, "expected SEARCH: <words>, of %d bytes at most", PAGE_QUERY_MAX_BYTES);
    else if (core->settings->search.provider == SEARCH_NONE)
        turn_fail(turn, "no search is configured (search.provider in config.json)");
    else
        ask(core, turn, PAGE_SEARCH, words);
}

void trigger_read(Core *core, Turn *turn, const char *rest)
{
    g_autofree char *address = g_strstrip(g_strdup(rest));
    size_t length = strlen(address);

    /* As it stands in mails. */
    if (length > 2 && address[0] == '<' && address[length - 1] == '>') {
        address[length - 1] = ' ';
        address[0] = ' ';
        g_strstrip(address);
    }
    if (!*address)
        turn_fail(turn, "expected READ: <address>, such as https://example.org/page");
    else if (strlen(address) > PAGE_ADDRESS_MAX_BYTES)
        turn_fail(turn, "expected READ: <address>, of %d bytes at most", PAGE_ADDRESS_MAX_BYTES);
    else
        ask(core, turn, PAGE_READ, address);
}
