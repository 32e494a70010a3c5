#include "agent1/edge/xmpp_about.h"

#include "agent1/edge/jid.h"
#include "common/base/limits.h"
#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define NS_CORRECT   "urn:xmpp:message-correct:0"
#define NS_REPLY     "urn:xmpp:reply:0"
#define NS_REACTIONS "urn:xmpp:reactions:0"
#define NS_FALLBACK  "urn:xmpp:fallback:0"

static const char *read_id(xmpp_stanza_t *message, const char *name, const char *ns)
{
    xmpp_stanza_t *child = xmpp_stanza_get_child_by_name_and_ns(message, name, ns);
    const char *id = child ? xmpp_stanza_get_attribute(child, "id") : NULL;

    return id && *id && strlen(id) <= LABEL_MAX_BYTES ? id : NULL;
}

const char *xmpp_about_replaced(xmpp_stanza_t *message)
{
    return read_id(message, "replace", NS_CORRECT);
}

const char *xmpp_about_quoted(xmpp_stanza_t *message)
{
    return read_id(message, "reply", NS_REPLY);
}

/* ---- quotations ---- */

/* How many characters from the first on are a quotation; 0: none is marked. */
static guint64 quoted_chars(xmpp_stanza_t *message)
{
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(message); child;
         child = xmpp_stanza_get_next(child)) {
        const char *ns = xmpp_stanza_get_ns(child);
        const char *purpose = xmpp_stanza_get_attribute(child, "for");
        xmpp_stanza_t *body;
        const char *start;
        const char *end;
        guint64 chars;

        if (!ns || !g_str_equal(ns, NS_FALLBACK) || g_strcmp0(purpose, NS_REPLY) != 0)
            continue;
        body = xmpp_stanza_get_child_by_name(child, "body");
        start = body ? xmpp_stanza_get_attribute(body, "start") : NULL;
        end = body ? xmpp_stanza_get_attribute(body, "end") : NULL;
        if (start && end && g_str_equal(start, "0") &&
            g_ascii_string_to_unsigned(end, 10, 1, CHAT_TEXT_MAX_BYTES, &chars, NULL))
            return chars;
    }

    return 0;
}

/* Whether every line up to there looks like a quotation, and a line ends there. */
static bool looks_quoted(const char *text, const char *end)
{
    const char *line = text;

    while (line < end) {
        const char *next = strchr(line, '\n');

        if (*line != '>')
            return false;
        if (!next)
            return *end == '\0';
        line = next + 1;
    }

    return line == end;
}

char *xmpp_about_own_words(xmpp_stanza_t *message, const char *body)
{
    guint64 chars = xmpp_about_quoted(message) ? quoted_chars(message) : 0;
    const char *at = body;

    while (chars > 0 && *at) {
        at = text_next(at);
        chars--;
    }

    return g_strdup(chars == 0 && looks_quoted(body, at) ? at : body);
}

/* ---- reactions ---- */

static char *read_reaction(xmpp_stanza_t *child)
{
    const char *name = xmpp_stanza_get_name(child);
    g_autofree char *copy = NULL;
    char *text;

    if (!name || !g_str_equal(name, "reaction"))
        return NULL;
    text = xmpp_stanza_get_text(child);
    if (!text)
        return NULL;

    copy = g_strdup(text);
    xmpp_free(xmpp_stanza_get_context(child), text);
    g_strstrip(copy);

    return *copy && strlen(copy) <= XMPP_REACTION_MAX_BYTES && g_utf8_validate(copy, -1, NULL)
               ? g_steal_pointer(&copy)
               : NULL;
}

Event *xmpp_about_reaction(xmpp_stanza_t *message, const char *from)
{
    const char *id = read_id(message, "reactions", NS_REACTIONS);
    xmpp_stanza_t *reactions;
    g_autoptr(GPtrArray) words = NULL;
    Event *event;

    if (!id)
        return NULL;

    words = g_ptr_array_new();
    reactions = xmpp_stanza_get_child_by_name_and_ns(message, "reactions", NS_REACTIONS);
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(reactions);
         child && words->len < XMPP_REACTIONS_MAX; child = xmpp_stanza_get_next(child)) {
        char *word = read_reaction(child);

        if (word)
            g_ptr_array_add(words, word);
    }
    g_ptr_array_add(words, NULL);

    event = event_new(EVENT_XMPP);
    event->fact.kind = XMPP_FACT_REACTION;
    event->fact.address = g_strdup(from);
    event->fact.principal = jid_bare(from);
    event->fact.about = g_strdup(id);
    event->fact.words = (char **)g_ptr_array_steal(words, NULL);

    return event;
}
