/*
 * XMPP: stanzas as libstrophe parses them, and the answers of agent1; what agent1 sends, whatever
 * the text; answers of the DNS to the question for SRV records. A stanza becomes chat only with the
 * stamped sender's address and valid text, errors are never answered, everything that is sent is
 * one well-formed element of characters that XML knows.
 */
#include "agent1/edge/xmpp_incoming.h"
#include "agent1/edge/xmpp_outgoing.h"
#include "agent1/edge/xmpp_reception.h"
#include "agent1/edge/xmpp_rooms.h"
#include "agent1/edge/xmpp_slot.h"
#include "agent1/edge/xmpp_srv.h"
#include "agent1/port/room_settings.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

#define OWN    "agent1@example.org"
#define NOW_MS INT64_C(1790000000000)

/* GLib's parser of markup, which is a second opinion. */
static void check_well_formed(const char *xml)
{
    static const GMarkupParser nothing = { 0 };
    GMarkupParseContext *context = g_markup_parse_context_new(&nothing, 0, NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_markup_parse_context_parse(context, xml, (gssize)strlen(xml), &error);
    g_assert_no_error(error);
    g_markup_parse_context_end_parse(context, &error);
    g_assert_no_error(error);
    g_markup_parse_context_free(context);
    for (const char *at = xml; *at; at++)
        g_assert((guchar)*at >= 0x20 || *at == '\n' || *at == '\t');
}

static void check_fact(const XmppFact *fact, const char *from)
{
    g_assert(g_str_has_prefix(from, fact->principal) && !strchr(fact->principal, '/'));
    g_assert_cmpstr(fact->principal, !=, OWN);
}

static void check_chat(const Event *event, const char *from)
{
    const EventChat *chat = &event->chat;

    g_assert(event->kind == EVENT_CHAT && chat->door == DOOR_XMPP);
    g_assert_cmpstr(chat->address, ==, from);
    g_assert(g_str_has_prefix(from, chat->principal) && !strchr(chat->principal, '/'));
    g_assert_cmpstr(chat->principal, !=, OWN);
    g_assert(chat->text[0] && g_utf8_validate(chat->text, -1, NULL));
    g_assert_cmpuint(strlen(chat->text), <=, CHAT_TEXT_MAX_BYTES);
    g_assert(!chat->stanza_id || strlen(chat->stanza_id) <= LABEL_MAX_BYTES);
    g_assert(chat->written_ms == MESSAGE_ABSENT || chat->written_ms >= 0);
}

static void check_event(const Event *event, const char *from)
{
    if (event->kind == EVENT_XMPP)
        check_fact(&event->fact, from);
    else
        check_chat(event, from);
}

static void check_stanza(FuzzInput *input)
{
    static xmpp_ctx_t *ctx;
    g_autofree char *xml = fuzz_text(input);
    xmpp_stanza_t *stanza;
    XmppActs acts = { .show = NULL };
    XmppReception reception;
    XmppOutcome outcome;
    const char *type;

    if (!ctx)
        ctx = xmpp_ctx_new(NULL, NULL);
    stanza = xmpp_stanza_new_from_string(ctx, xml);
    if (!stanza)
        return;
    if (xmpp_stanza_get_name(stanza)) {
        acts.card = XMPP_CARD_ASKED;
        xmpp_reception_init(&reception, "example.org", &acts);
        outcome = xmpp_reception_judge(&reception, stanza, NOW_MS, OWN);
        type = xmpp_stanza_get_type(stanza);
        if (outcome.event)
            check_event(outcome.event, xmpp_stanza_get_from(stanza));
        if (outcome.xml)
            check_well_formed(outcome.xml);
        if (type && g_str_equal(type, "error"))
            g_assert(!outcome.event && (!outcome.xml || acts.card == XMPP_CARD_GIVEN));
        event_free(outcome.event);
        g_free(outcome.xml);
    }
    xmpp_stanza_release(stanza);
}

/* ---- rooms ---- */

#define ROOM "ops@rooms.example.org"
#define ANA  "ana@example.org"

static const char *const room_opening[] = {
    "<presence xmlns='jabber:client' from='" ROOM "/ana'><x xmlns='http://jabber.org/protocol/"
    "muc#user'><item jid='" ANA "/phone'/></x></presence>",
    "<presence xmlns='jabber:client' from='" ROOM "/agent1'><x xmlns='http://jabber.org/protocol/"
    "muc#user'><item jid='" OWN "/agent1'/><status code='110'/></x></presence>",
};

static Event *hear_in_room(XmppRooms *rooms, XmppOutbox *outbox, xmpp_stanza_t *stanza)
{
    Event *event = NULL;

    if (xmpp_stanza_get_name(stanza))
        xmpp_rooms_take(rooms, stanza, NOW_MS, OWN, outbox, &event);
    return event;
}

/* Nobody but who is there as ana has her rights, and nobody gives them to another by a name. */
static void check_said(const Event *event, const char *from)
{
    const EventChat *chat = &event->chat;

    g_assert(event->kind == EVENT_CHAT && chat->text[0]);
    g_assert(g_str_equal(chat->principal, "") || g_str_equal(from, ROOM "/ana"));
    g_assert(!*chat->principal || g_str_equal(chat->principal, ANA));
    g_assert_cmpint(chat->written_ms, ==, MESSAGE_ABSENT);
    g_assert(g_str_equal(chat->address, ROOM) || g_str_equal(chat->address, ANA "/phone") ||
             g_str_equal(chat->address, from));
}

static void check_room(FuzzInput *input)
{
    static xmpp_ctx_t *ctx;
    RoomSettings settings = { .jid = g_strdup(ROOM), .nick = g_strdup("agent1") };
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
    g_autofree char *xml = fuzz_text(input);
    xmpp_stanza_t *stanza;
    XmppRooms rooms;
    const char *sent;

    if (!ctx)
        ctx = xmpp_ctx_new(NULL, NULL);
    g_ptr_array_add(list, &settings);
    xmpp_rooms_init(&rooms, list);
    xmpp_rooms_begin(&rooms, NOW_MS);
    xmpp_rooms_do(&rooms, NOW_MS, outbox);
    for (unsigned i = 0; i < G_N_ELEMENTS(room_opening); i++) {
        stanza = xmpp_stanza_new_from_string(ctx, room_opening[i]);
        g_assert_null(hear_in_room(&rooms, outbox, stanza));
        xmpp_stanza_release(stanza);
    }
    stanza = xmpp_stanza_new_from_string(ctx, xml);
    if (stanza) {
        g_autoptr(Event) event = hear_in_room(&rooms, outbox, stanza);

        if (event)
            check_said(event, xmpp_stanza_get_from(stanza));
        xmpp_rooms_do(&rooms, NOW_MS + 3600 * 1000, outbox);
        xmpp_stanza_release(stanza);
    }
    while ((sent = xmpp_outbox_next(outbox)))
        check_well_formed(sent);
    xmpp_rooms_clear(&rooms);
    g_free(settings.jid);
    g_free(settings.nick);
}

static void check_outgoing(FuzzInput *input)
{
    static xmpp_ctx_t *ctx;
    g_autofree char *id = fuzz_text(input);
    g_autofree char *jid = fuzz_text(input);
    g_autofree char *text = fuzz_text(input);
    g_autofree char *harmless = text_make_harmless(text, strlen(text));
    g_autofree char *xml = xmpp_outgoing_chat(id, jid, text);
    xmpp_stanza_t *stanza;
    char *body;

    check_well_formed(xml);
    if (!ctx)
        ctx = xmpp_ctx_new(NULL, NULL);
    stanza = xmpp_stanza_new_from_string(ctx, xml);
    g_assert(stanza);
    body = xmpp_message_get_body(stanza);
    g_assert_cmpstr(body ? body : "", ==, harmless);
    xmpp_free(ctx, body);
    xmpp_stanza_release(stanza);
}

/* A place for a file is two URLs, and fields of a line each; or there is a reason. */
static void check_slot(FuzzInput *input)
{
    static xmpp_ctx_t *ctx;
    g_autofree char *xml = fuzz_text(input);
    g_autoptr(XmppSlot) slot = NULL;
    xmpp_stanza_t *stanza;

    if (!ctx)
        ctx = xmpp_ctx_new(NULL, NULL);
    stanza = xmpp_stanza_new_from_string(ctx, xml);
    if (!stanza)
        return;
    slot = xmpp_slot_read("u1", stanza);
    xmpp_stanza_release(stanza);
    g_assert((slot->why == NULL) == (slot->put_url && slot->get_url));
    g_assert(!slot->why || (*slot->why && !strchr(slot->why, '\n')));
    g_assert(!slot->put_url || !strpbrk(slot->put_url, " \r\n"));
    for (unsigned i = 0; i < XMPP_SLOT_FIELD_COUNT; i++)
        g_assert(!slot->fields[i] || !strpbrk(slot->fields[i], "\r\n"));
}

static void check_srv(FuzzInput *input)
{
    uint64_t random = (uint64_t)fuzz_number(input);
    g_autoptr(GPtrArray) records = xmpp_srv_read(input->at, input->left);

    if (!records)
        return;
    g_assert_cmpuint(records->len, <=, XMPP_SRV_MAX_TARGETS);
    xmpp_srv_order(records, random);
    for (unsigned i = 1; i < records->len; i++)
        g_assert(((const XmppSrv *)records->pdata[i - 1])->priority <=
                 ((const XmppSrv *)records->pdata[i])->priority);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static void (*const checks[])(FuzzInput *) = { check_stanza, check_outgoing, check_srv,
                                                   check_room };
    FuzzInput input = fuzz_input(data, size);

    if (size > 0 && *data == '<') {
        FuzzInput again = input;
        FuzzInput third = input;

        check_stanza(&input);
        check_room(&again);
        check_slot(&third);
        return;
    }
    checks[fuzz_below(&input, G_N_ELEMENTS(checks))](&input);
}
