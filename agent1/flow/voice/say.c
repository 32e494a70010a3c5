#include "agent1/flow/voice/say.h"

#include <string.h>

#include "agent1/flow/state/proposals.h"
#include "agent1/flow/state/talks.h"
#include "agent1/flow/voice/form_answer.h"
#include "agent1/flow/voice/live_message.h"
#include "agent1/flow/voice/pieces.h"
#include "common/base/limits.h"
#include "common/base/redact.h"
#include "common/base/text.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

#define NOTICES_MAX 10000
#define SAYINGS_MAX 5000
/* Leaves room for the rest of the message. */
#define REPLY_MAX_JSON_BYTES (BODY_MAX_BYTES - 8 * 1024)

/* What is longer than a message may be would not come at all. */
static char *cut_reply(const Core *core, const char *text, size_t max_json_bytes)
{
    g_autofree char *head = text_head(text, strlen(text), max_json_bytes);

    if (strlen(head) == strlen(text))
        return g_steal_pointer(&head);
    return g_strdup_printf(core_words(core, "%s\n… (%zu bytes more)"), head,
                           strlen(text) - strlen(head));
}

static Words words_of(const Answer *answer)
{
    return answer->is_news ? WORDS_NEWS : WORDS_ANSWER;
}

static void say_cli(Core *core, const Speaker *speaker, const Answer *answer)
{
    g_autofree char *id = core_new_id(core);
    g_autofree char *topic = topic_cli_outbox(speaker->address);
    Message *message = message_new(MESSAGE_REPLY, id, AGENT1_NAME, core->now_ms);
    const AnswerData *data = &answer->data;
    unsigned i;

    message->reply.in_reply_to = g_strdup(speaker->in_reply_to);
    message->reply.text = cut_reply(core, answer->text, REPLY_MAX_JSON_BYTES - data->bytes);
    message->reply.is_final = answer->is_final;
    message->reply.outcome = answer->is_final ? g_strdup(answer->outcome) : NULL;
    message->reply.data = data->lists ? json_copy(data->lists) : NULL;
    message->reply.runs = g_ptr_array_new_with_free_func(g_free);
    for (i = 0; answer->runs && i < answer->runs->len; i++)
        g_ptr_array_add(message->reply.runs, g_strdup(answer->runs->pdata[i]));
    effects_reply(core->fx, topic, speaker->key, message, words_of(answer));
}

static void say_row(Core *core, const Row *row, Words words)
{
    const char *id = row_text(row, SAYINGS_ID);
    const char *jid = row_text(row, SAYINGS_JID);
    const char *text = row_text(row, SAYINGS_TEXT);

    if (row_int(row, SAYINGS_IS_LINK) == 1)
        effects_say_link(core->fx, id, jid, text, words);
    else
        effects_say_correction(core->fx, id, jid, row_text(row, SAYINGS_REPLACES), text, words);
}

typedef struct Saying {
    const char *jid;
    const char *text;
    const char *replaces; /* NULL: it is a new message */
    bool is_link;
    bool is_news;
} Saying;

/* Stores a message, and says it now unless it is to wait for the digest on waking. Its id, the
 * caller's; NULL: it is dropped. */
static char *store_saying(Core *core, const Saying *saying)
{
    Ledger *sayings = core->ledgers[TABLE_SAYINGS];
    g_autofree char *id = core_new_id(core);
    Row *row;

    if (!core->settings->xmpp_is_enabled)
        return NULL;
    if (ledger_count(sayings) >= SAYINGS_MAX) {
        effects_log(core->fx, EFFECT_LOG_ERROR, NULL, NULL,
                    "%d messages wait for the XMPP server: one to %s is dropped", SAYINGS_MAX,
                    saying->jid);
        return NULL;
    }
    row = row_new(TABLE_SAYINGS);
    row_set_text(row, SAYINGS_ID, id);
    row_set_text(row, SAYINGS_JID, saying->jid);
    row_set_text(row, SAYINGS_TEXT, saying->text);
    row_set_int(row, SAYINGS_CREATED, core->now_ms);
    row_set_int(row, SAYINGS_IS_LINK, saying->is_link);
    row_set_text(row, SAYINGS_REPLACES, saying->replaces);
    ledger_put(sayings, row, core->fx);
    if (core->is_up[LINK_XMPP] && !(saying->is_news && core_is_asleep(core)))
        say_row(core, row, saying->is_news ? WORDS_NEWS : WORDS_ANSWER);
    return g_steal_pointer(&id);
}

/* Says a text in as many messages as it needs, of which the first is the correction. The id of the
 * last one, the caller's; NULL: it is dropped. */
static char *store_text(Core *core, const Saying *saying)
{
    g_autoptr(GPtrArray) pieces = pieces_of(saying->text, PIECE_MAX_BYTES);
    Saying piece = *saying;
    unsigned i;

    for (i = 0; i + 1 < pieces->len; i++) {
        piece.text = pieces->pdata[i];
        g_free(store_saying(core, &piece));
        piece.replaces = NULL;
    }
    piece.text = pieces->pdata[i];
    return store_saying(core, &piece);
}

void say_xmpp(Core *core, const char *jid, const char *text)
{
    const Saying saying = { .jid = jid, .text = text, .is_news = true };

    g_free(store_text(core, &saying));
}

void say_proposal(Core *core, const char *jid, const char *text, const Run *run)
{
    const Saying saying = { .jid = jid, .text = text, .is_news = true };
    g_autofree char *id = store_text(core, &saying);

    if (id)
        proposals_note(core, id, run);
}

void say_link(Core *core, const char *jid, const char *url)
{
    const Saying saying = { .jid = jid, .text = url, .is_link = true, .is_news = true };

    g_free(store_saying(core, &saying));
}

/* The runs of an answer that wait for an approval: how many, and the last of them. Only what was
 * asked for in this very step counts: whoever reads the answer wrote the task, while other answers
 * about a run show not all of it. */
static unsigned find_proposed(const Core *core, const Answer *answer, const Run **out_run)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; answer->runs && i < answer->runs->len; i++) {
        const Run *run = runs_find(core->runs, answer->runs->pdata[i]);

        if (!run || run->state != RUN_AWAITING_APPROVAL || run->created_ms != core->now_ms)
            continue;
        *out_run = run;
        count++;
    }
    return count;
}

/* A thumb under this message, or a reply to it, is for what it asks. */
static void note_asked(Core *core, const char *id, const Answer *answer, const Run *proposed,
                       unsigned count)
{
    if (count + (answer->question != NULL) > 1)
        proposals_note_question(core, id, "", 0);
    else if (answer->question)
        proposals_note_question(core, id, answer->question, answer->question_number);
    else
        proposals_note(core, id, proposed);
}

/* What was shown so far is not to be read as the end. */
static void end_shown(Core *core, const char *jid, const char *message)
{
    g_autofree char *id = core_new_id(core);
    g_autofree char *text = g_strdup(core_words(core, "(the answer stands in the next message)"));
    const XmppAct act = { .kind = XMPP_ACT_CORRECT,
                          .jid = (char *)(guintptr)jid,
                          .id = id,
                          .about = (char *)(guintptr)message,
                          .text = text };

    effects_xmpp(core->fx, &act);
}

/* In a room many read along, and it keeps what was said. */
static void say_to_room(Core *core, const Speaker *speaker, const Answer *answer)
{
    g_autofree char *text = redact_text(answer->text, NULL);
    const Saying saying = { .jid = speaker->address, .text = text, .is_news = answer->is_news };

    g_free(store_text(core, &saying));
}

static void say_to_person(Core *core, const Speaker *speaker, const Answer *answer)
{
    const Run *proposed = NULL;
    unsigned count = find_proposed(core, answer, &proposed);
    bool asks = count > 0 || answer->question;
    Saying saying = { .jid = speaker->address,
                      .text = answer->text,
                      .replaces = answer->replaces,
                      .is_news = answer->is_news };
    bool is_one = strlen(answer->text) <= PIECE_MAX_BYTES;
    g_autofree char *id = NULL;

    if (room_settings_has(core->settings->rooms, speaker->address)) {
        say_to_room(core, speaker, answer);
        return;
    }
    /* Of its own: a thumb for what was shown before is none for this. */
    if (asks && saying.replaces) {
        end_shown(core, speaker->address, saying.replaces);
        saying.replaces = NULL;
    }
    id = store_text(core, &saying);
    if (!id)
        return;

    /* Later corrections are of the first message, as XEP-0308 says, and reactions may be. */
    if (is_one)
        live_begin(core, speaker->address, saying.replaces ? saying.replaces : id, answer);
    if (asks)
        note_asked(core, id, answer, proposed, count);
}

void say_answer(Core *core, const Speaker *speaker, const Answer *answer)
{
    switch (speaker->door) {
    case DOOR_CLI:
        say_cli(core, speaker, answer);
        break;
    case DOOR_XMPP:
        if (*answer->text)
            say_to_person(core, speaker, answer);
        break;
    case DOOR_FORM:
        form_answer_say(core, speaker, answer);
        break;
    case DOOR_UNSIGNED:
        if (*answer->text)
            effects_publish_plain(core->fx, TOPIC_CLI_OUTBOX, answer->text, false);
        break;
    case DOOR_HOME_ASSISTANT:
        effects_log(core->fx, EFFECT_LOG_NOTICE, NULL, NULL, "Home Assistant: %s", answer->text);
        break;
    case DOOR_MODEL:
        talks_hear(core, speaker->chat_id, answer->text, !answer->is_untainted, answer->is_final);
        break;
    case DOOR_SCHEDULE:
        break;
    }
}

void say_object(Core *core, const Speaker *speaker, const Message *message)
{
    g_autofree char *topic = NULL;
    Message *copy;

    if (speaker->door != DOOR_CLI)
        return;

    topic = topic_cli_outbox(speaker->address);
    copy = message_copy(message);
    g_free(copy->from);
    copy->from = g_strdup(AGENT1_NAME);
    copy->ts_ms = core->now_ms;
    g_clear_pointer(&copy->journal, g_free);
    effects_publish(core->fx, topic, speaker->key, true, copy);
}

void say_was_taken(Core *core, const char *id)
{
    ledger_remove(core->ledgers[TABLE_SAYINGS], id, core->fx);
}

void say_again(Core *core)
{
    GPtrArray *waiting;
    unsigned i;

    if (core_is_asleep(core))
        return;

    waiting = ledger_list(core->ledgers[TABLE_SAYINGS]);
    for (i = 0; i < waiting->len; i++)
        say_row(core, waiting->pdata[i], WORDS_STORED);
    g_ptr_array_unref(waiting);
}

static void free_text(void *text)
{
    g_string_free(text, TRUE);
}

void say_digest(Core *core)
{
    g_autoptr(GHashTable) texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_text);
    GPtrArray *held = ledger_list(core->ledgers[TABLE_SAYINGS]);
    Language before = core->language;
    GHashTableIter iter;
    void *jid;
    void *text;
    unsigned i;

    for (i = 0; i < held->len; i++) {
        const Row *row = held->pdata[i];
        GString *digest = g_hash_table_lookup(texts, row_text(row, SAYINGS_JID));

        if (!digest) {
            digest = g_string_new(NULL);
            g_hash_table_insert(texts, g_strdup(row_text(row, SAYINGS_JID)), digest);
        }
        g_string_append_printf(digest, "\n%s", row_text(row, SAYINGS_TEXT));
    }
    for (i = 0; i < held->len; i++)
        ledger_remove(core->ledgers[TABLE_SAYINGS], row_text(held->pdata[i], SAYINGS_ID), core->fx);
    g_ptr_array_unref(held);

    g_hash_table_iter_init(&iter, texts);
    while (g_hash_table_iter_next(&iter, &jid, &text)) {
        g_autofree char *whole = NULL;

        core_speak_to_jid(core, jid);
        whole = g_strconcat(core_words(core, "While I was asleep:"), ((GString *)text)->str, NULL);
        say_xmpp(core, jid, whole);
    }
    core_speak(core, before);
}

bool say_is_due(Core *core, const char *what, int64_t interval_ms)
{
    int64_t *last = g_hash_table_lookup(core->notices, what);

    if (last && core->boot_ms - *last < interval_ms)
        return false;
    if (g_hash_table_size(core->notices) >= NOTICES_MAX)
        g_hash_table_remove_all(core->notices);
    last = g_new(int64_t, 1);
    *last = core->boot_ms;
    g_hash_table_insert(core->notices, g_strdup(what), last);
    return true;
}
