/* What people hear when the disk is full, and a chat that comes once more afterwards. */
#include "agent1/app/refusals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define TOPIC "agents/cli/abcdefghijklmnop/outbox"
#define CHAT  "01J00000000000000000000001"

static Effect *make_reply(Words words)
{
    g_autoptr(Effects) effects = effects_new();
    Message *message = message_new(MESSAGE_REPLY, "01J00000000000000000000009", "agent1", 1);

    message->reply.in_reply_to = g_strdup(CHAT);
    message->reply.text = g_strdup("#1 web1: succeeded");
    message->reply.outcome = g_strdup("succeeded");
    message->reply.is_final = true;
    message->reply.runs = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(message->reply.runs, g_strdup("01J00000000000000000000002"));
    effects_reply(effects, TOPIC, "key", message, words);
    return g_steal_pointer(&effects->list->pdata[0]);
}

static Event *make_chat(const char *id, const char *sender)
{
    Event *event = event_new(EVENT_MESSAGE);

    event->boot_ms = 1000;
    event->message.sender = g_strdup(sender);
    event->message.message = message_new(MESSAGE_CHAT, id, "abcdefghijklmnop", 1);
    event->message.message->chat.reply_to = g_strdup(TOPIC);
    event->message.message->chat.text = g_strdup("@web1 true");
    return event;
}

static void test_what_leaves(void **state)
{
    static const struct {
        const char *what;
        Words words;
        bool leaves;
        const char *outcome;
    } rows[] = {
        { "an answer becomes a refusal", WORDS_ANSWER, true, "refused" },
        { "the outcome of an earlier run is no refusal", WORDS_NEWS, false, "succeeded" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Refusals) refusals = refusals_new();
        Effect *effect = make_reply(rows[i].words);

        print_message("%s\n", rows[i].what);
        assert_int_equal(refusals_rewrite(refusals, effect, 1000), rows[i].leaves);
        assert_string_equal(effect->publish.message->reply.outcome, rows[i].outcome);
        effect_free(effect);
    }
}

static void test_sayings(void **state)
{
    static const bool leaves[] = {
        [WORDS_ANSWER] = true, [WORDS_NEWS] = false, [WORDS_STORED] = true
    };

    (void)state;
    for (size_t words = 0; words < G_N_ELEMENTS(leaves); words++) {
        g_autoptr(Refusals) refusals = refusals_new();
        g_autoptr(Effects) effects = effects_new();
        Effect *effect;

        effects_say(effects, "s1", "ana@example.org", "#1 web1: queued", (Words)words);
        effect = effects->list->pdata[0];
        assert_int_equal(refusals_rewrite(refusals, effect, 1000), leaves[words]);
        assert_int_equal(strncmp(effect->say.text, "not accepted", 12) == 0, words == WORDS_ANSWER);
    }
}

/* Said again after a reconnect, while its row is still on its way to the disk. */
static void test_what_is_said_again_was_stored(void **state)
{
    g_autoptr(Refusals) refusals = refusals_new();
    g_autoptr(Effects) effects = effects_new();
    Row *row = row_new(TABLE_SAYINGS);

    (void)state;
    row_set_text(row, SAYINGS_ID, "s1");
    effects_put(effects, row);
    effects_say(effects, "s1", "ana@example.org", "#1 web1: queued", WORDS_STORED);
    refusals_watch(refusals, effects->list->pdata[0]);
    assert_false(refusals_rewrite(refusals, effects->list->pdata[1], 1000));
    refusals_stored(refusals);
    assert_true(refusals_rewrite(refusals, effects->list->pdata[1], 1000));
}

static void put_chat(Effects *effects, const char *conversation, bool is_final, const char *runs)
{
    Row *row = row_new(TABLE_CHATS);

    row_set_text(row, CHATS_ID, conversation);
    row_set_text(row, CHATS_CONVERSATION, conversation);
    row_set_int(row, CHATS_IS_FINAL, is_final);
    row_set_text(row, CHATS_RUNS, runs);
    effects_put(effects, row);
}

/* Who is to be answered later hears now that nothing comes. */
static void test_who_would_be_answered_later(void **state)
{
    g_autoptr(Refusals) refusals = refusals_new();
    g_autoptr(Effects) effects = effects_new();
    g_autoptr(Effects) sayings = NULL;
    g_autoptr(Effects) none = NULL;
    const uint8_t seed[IDS_SEED_BYTES] = { 1 };
    const Effect *saying;

    (void)state;
    put_chat(effects, "xmpp ana@example.org/waits", false, "");
    put_chat(effects, "xmpp ana@example.org/final", true, "");
    put_chat(effects, "xmpp ana@example.org/runs", false, "01J00000000000000000000002");
    put_chat(effects, "xmpp ana@example.org/answered", false, "");
    put_chat(effects, "cli abcdefghijklmnop key", false, "");
    effects_say(effects, "s1", "ana@example.org/answered", "wait", WORDS_ANSWER);
    for (unsigned i = 0; i < effects->list->len; i++)
        refusals_watch(refusals, effects->list->pdata[i]);
    sayings = refusals_of_unanswered(refusals, 1, seed);
    assert_int_equal(sayings->list->len, 1);
    saying = sayings->list->pdata[0];
    assert_string_equal(saying->say.jid, "ana@example.org/waits");
    assert_int_equal(strncmp(saying->say.text, "not accepted", 12), 0);
    refusals_stored(refusals);
    none = refusals_of_unanswered(refusals, 1, seed);
    assert_int_equal(none->list->len, 0);
}

static void test_a_copy_gets_the_same_answer(void **state)
{
    static const struct {
        const char *what;
        const char *id;
        const char *sender;
        int64_t boot_ms;
        bool is_found;
    } rows[] = {
        { "the same chat", CHAT, "key", 2000, true },
        { "another chat", "01J00000000000000000000003", "key", 2000, false },
        { "of another key", CHAT, "other", 2000, false },
        { "too late to be taken anyway", CHAT, "key", 3600 * 1000, false },
    };
    g_autoptr(Refusals) refusals = refusals_new();
    Effect *effect = make_reply(WORDS_ANSWER);

    (void)state;
    refusals_rewrite(refusals, effect, 1000);
    effect_free(effect);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Event) event = make_chat(rows[i].id, rows[i].sender);
        const Effect *answer;

        print_message("%s\n", rows[i].what);
        event->boot_ms = rows[i].boot_ms;
        answer = refusals_find(refusals, event);
        assert_int_equal(answer != NULL, rows[i].is_found);
        if (answer)
            assert_string_equal(answer->publish.message->reply.outcome, "refused");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_leaves),
        cmocka_unit_test(test_sayings),
        cmocka_unit_test(test_what_is_said_again_was_stored),
        cmocka_unit_test(test_who_would_be_answered_later),
        cmocka_unit_test(test_a_copy_gets_the_same_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
