#include "agent1/edge/xmpp_disco.h"

#include "agent1/edge/xmpp_forms.h"
#include "common/wire/command.h"

#include <string.h>

#include "common/base/banned.h"

#define NS_CAPS    "http://jabber.org/protocol/caps"
#define NS_VERSION "jabber:iq:version"
#define NS_PING    "urn:xmpp:ping"

/* What it understands in messages. */
#define NS_CHATSTATES "http://jabber.org/protocol/chatstates"
#define NS_CORRECT    "urn:xmpp:message-correct:0"
#define NS_REACTIONS  "urn:xmpp:reactions:0"
#define NS_RECEIPTS   "urn:xmpp:receipts"
#define NS_REPLY      "urn:xmpp:reply:0"
#define NS_SID        "urn:xmpp:sid:0"

#define ID_MAX_BYTES 1024

/* In the order of their bytes, as XEP-0115 sorts them. */
static const char *const features[] = {
    NS_CAPS,    NS_CHATSTATES, XMPP_FORMS_NS, XMPP_NS_DISCO_INFO, XMPP_NS_DISCO_ITEMS,
    NS_VERSION, NS_CORRECT,    NS_PING,       NS_REACTIONS,       NS_RECEIPTS,
    NS_REPLY,   NS_SID,
};

/* The identity: a program that talks. */
#define CATEGORY "client"
#define TYPE     "bot"
#define NAME     "agent1"

char *xmpp_disco_version_hash(void)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA1);
    g_autoptr(GString) text = g_string_new(CATEGORY "/" TYPE "//" NAME "<");
    guint8 digest[20];
    gsize length = sizeof(digest);

    for (unsigned i = 0; i < G_N_ELEMENTS(features); i++)
        g_string_append_printf(text, "%s<", features[i]);
    g_checksum_update(checksum, (const guchar *)text->str, (gssize)text->len);
    g_checksum_get_digest(checksum, digest, &length);

    return g_base64_encode(digest, length);
}

/* What clients ask of a command before they show it. */
static char *tell_command(const char *node)
{
    const char *type = g_str_equal(node, XMPP_FORMS_NS) ? "command-list" : "command-node";

    return g_markup_printf_escaped("<query xmlns='" XMPP_NS_DISCO_INFO "' node='%s'>"
                                   "<identity category='automation' type='%s' name='%s'/>"
                                   "<feature var='" XMPP_FORMS_NS "'/>"
                                   "<feature var='jabber:x:data'/></query>",
                                   node, type, node);
}

static bool is_command(const char *node)
{
    g_autofree char *command = g_strdup_printf("!%s", node);
    g_autofree char *trigger = g_strdup_printf("%s:", node);
    Command found_command;
    Trigger found_trigger;

    return g_str_equal(node, XMPP_FORMS_NS) || command_parse(command, &found_command) ||
           trigger_parse(trigger, &found_trigger);
}

/* The contents of a result, or NULL when the thing asked for is not here. The caller owns it. */
static char *tell_features(const char *node)
{
    g_autofree char *version = xmpp_disco_version_hash();
    g_autofree char *own_node = g_strdup_printf("%s#%s", XMPP_DISCO_NODE, version);
    GString *query;

    if (node && is_command(node))
        return tell_command(node);
    if (node && !g_str_equal(node, own_node) && !g_str_equal(node, XMPP_DISCO_NODE))
        return NULL;

    query = g_string_new("<query xmlns='" XMPP_NS_DISCO_INFO "'");
    if (node)
        g_string_append_printf(query, " node='%s'", node);
    g_string_append(query, "><identity category='" CATEGORY "' type='" TYPE "' name='" NAME "'/>");
    for (unsigned i = 0; i < G_N_ELEMENTS(features); i++)
        g_string_append_printf(query, "<feature var='%s'/>", features[i]);
    g_string_append(query, "</query>");

    return g_string_free(query, FALSE);
}

static char *tell_items(const char *node)
{
    return node ? NULL : g_strdup("<query xmlns='" XMPP_NS_DISCO_ITEMS "'/>");
}

static char *tell_version(const char *node)
{
    (void)node;

    return g_strdup("<query xmlns='" NS_VERSION "'><name>" NAME "</name><version>" VERSION
                    "</version></query>");
}

static char *tell_pong(const char *node)
{
    (void)node;

    return g_strdup("");
}

static const struct {
    const char *name;
    const char *ns;
    char *(*tell)(const char *node);
} questions[] = {
    { "query", XMPP_NS_DISCO_INFO, tell_features },
    { "query", XMPP_NS_DISCO_ITEMS, tell_items },
    { "query", NS_VERSION, tell_version },
    { "ping", NS_PING, tell_pong },
};

/* <iq …> with the attributes of an answer. An <iq/> without a sender came from the own server. */
static char *print_head(const char *type, xmpp_stanza_t *iq)
{
    const char *id = xmpp_stanza_get_id(iq);
    const char *from = xmpp_stanza_get_from(iq);

    if (!from)
        return g_markup_printf_escaped("<iq type='%s' id='%s'>", type, id);

    return g_markup_printf_escaped("<iq type='%s' id='%s' to='%s'>", type, id, from);
}

static char *find_answer(xmpp_stanza_t *iq, const char **out_condition)
{
    const char *type = xmpp_stanza_get_type(iq);

    *out_condition = "service-unavailable";
    for (unsigned i = 0; i < G_N_ELEMENTS(questions); i++) {
        xmpp_stanza_t *question =
            xmpp_stanza_get_child_by_name_and_ns(iq, questions[i].name, questions[i].ns);

        if (question && g_str_equal(type, "get")) {
            *out_condition = "item-not-found";
            return questions[i].tell(xmpp_stanza_get_attribute(question, "node"));
        }
    }

    return NULL;
}

char *xmpp_disco_answer(xmpp_stanza_t *iq)
{
    const char *type = xmpp_stanza_get_type(iq);
    const char *id = xmpp_stanza_get_id(iq);
    const char *condition;
    g_autofree char *content = NULL;
    g_autofree char *head = NULL;

    if (!type || !id || strlen(id) > ID_MAX_BYTES)
        return NULL;
    if (!g_str_equal(type, "get") && !g_str_equal(type, "set"))
        return NULL;

    content = find_answer(iq, &condition);
    head = print_head(content ? "result" : "error", iq);
    if (content)
        return g_strdup_printf("%s%s</iq>", head, content);

    return g_strdup_printf("%s<error type='cancel'><%s xmlns='" XMPP_NS_STANZAS_IETF
                           "'/></error></iq>",
                           head, condition);
}
