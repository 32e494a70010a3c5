/* The exchange with agent1: when a chat is sent again, what an answer does, when hope ends. */
#include "agent1/cli/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define SESSION "0123456789abcdef"
#define WALL_MS INT64_C(1795226400000)
#define ID_1    "01JD0000000000000000000001"
#define ID_2    "01JD0000000000000000000002"
#define RUN_1   "01JD000000000000000000000R"
#define RUN_2   "01JD000000000000000000000S"

/* The longest wait of every back-off up to 10 s. */
#define RANDOM 39999

/* A world whose two clocks go on together. */
typedef struct World {
    Exchange *exchange;
    int64_t boot_ms;
} World;

static ExchangeTime now(const World *world)
{
    return (ExchangeTime){ .wall_ms = WALL_MS + world->boot_ms, .boot_ms = world->boot_ms };
}

static Ask *ask(World *world, const char *id, const char *text, int64_t timeout_ms)
{
    const AskWish wish = { .text = text, .timeout_ms = timeout_ms };
    Ask *made = exchange_ask(world->exchange, id, &wish, world->boot_ms);

    assert_non_null(made);
    return made;
}

static Message *next_due(World *world, int64_t at_ms)
{
    ExchangeTime time;

    world->boot_ms = at_ms;
    time = now(world);
    return exchange_next_due(world->exchange, &time, RANDOM);
}

/* Sends what is due and counts it. */
static unsigned send_due(World *world, int64_t at_ms)
{
    unsigned count = 0;
    Message *chat;

    while ((chat = next_due(world, at_ms))) {
        message_free(chat);
        count++;
        assert_true(count < 1000);
    }
    return count;
}

static Heard hear_reply(World *world, const char *in_reply_to, const char *text, const char *run,
                        const char *outcome, Ask **out_ask)
{
    g_autoptr(Message) message = message_new(MESSAGE_REPLY, ID_2, "agent1", WALL_MS);

    message->reply.in_reply_to = g_strdup(in_reply_to);
    message->reply.text = g_strdup(text);
    message->reply.is_final = outcome != NULL;
    message->reply.outcome = g_strdup(outcome);
    if (run) {
        message->reply.runs = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(message->reply.runs, g_strdup(run));
    }
    return exchange_hear(world->exchange, message, out_ask);
}

static Heard hear_progress(World *world, const char *run, int64_t attempt, int64_t seq)
{
    g_autoptr(Message) message = message_new(MESSAGE_PROGRESS, ID_2, "agent1", WALL_MS);
    Ask *heard_ask = NULL;

    message->progress.run = g_strdup(run);
    message->progress.attempt = attempt;
    message->progress.seq = seq;
    return exchange_hear(world->exchange, message, &heard_ask);
}

static Heard hear_result(World *world, const char *run, int64_t attempt, const char *result)
{
    g_autoptr(Message) message = message_new(MESSAGE_RESULT, ID_2, "agent1", WALL_MS);
    Ask *heard_ask = NULL;

    message->result.run = g_strdup(run);
    message->result.attempt = attempt;
    message->result.state = g_strdup(result);
    return exchange_hear(world->exchange, message, &heard_ask);
}

static Ask *next_late(World *world, int64_t at_ms)
{
    ExchangeTime time;

    world->boot_ms = at_ms;
    time = now(world);
    return exchange_next_late(world->exchange, &time);
}

static int set_up(void **state)
{
    World *world = g_new0(World, 1);

    world->exchange = exchange_new(SESSION);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;

    exchange_free(world->exchange);
    g_free(world);
    return 0;
}

static void test_copies_are_the_same(void **state)
{
    World *world = *state;
    const AskWish wish = { .text = "DELEGATE: web1 | id",
                           .is_now = true,
                           .is_dry_run = true,
                           .wants_data = true,
                           .timeout_ms = -1 };
    g_autoptr(Message) first = NULL;
    g_autoptr(Message) second = NULL;
    g_autofree char *first_text = NULL;
    g_autofree char *second_text = NULL;

    exchange_ask(world->exchange, ID_1, &wish, 0);
    first = next_due(world, 7000);
    assert_non_null(first);
    assert_int_equal(first->kind, MESSAGE_CHAT);
    assert_string_equal(first->id, ID_1);
    assert_string_equal(first->from, SESSION);
    assert_string_equal(first->chat.reply_to, "agents/cli/" SESSION "/outbox");
    assert_string_equal(first->chat.text, "DELEGATE: web1 | id");
    assert_true(first->chat.is_now && first->chat.is_dry_run && first->chat.wants_data);
    /* The time is that of the first copy, not of the question: there was no broker before. */
    assert_int_equal(first->ts_ms, WALL_MS + 7000);
    assert_int_equal(first->chat.expires_ms, WALL_MS + 7000 + CHAT_LIFE_MS);

    assert_null(next_due(world, 7400));
    second = next_due(world, 9000);
    first_text = message_encode(first, NULL);
    second_text = message_encode(second, NULL);
    assert_string_equal(first_text, second_text);
}

static void test_repeats(void **state)
{
    static const struct {
        int64_t at_ms;
        unsigned sent;
    } rows[] = {
        { 0, 1 },    { 499, 0 },   { 1000, 1 },  { 1499, 0 },  { 3000, 1 },
        { 7000, 1 }, { 15000, 1 }, { 24000, 0 }, { 25000, 1 },
    };
    World *world = *state;
    Ask *heard_ask = NULL;

    ask(world, ID_1, "!agents", -1);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("  at %d ms\n", (int)rows[i].at_ms);
        assert_int_equal(send_due(world, rows[i].at_ms), rows[i].sent);
    }

    /* Taken: seldom, but not never. */
    assert_int_equal(hear_reply(world, ID_1, "#1 web1: queued", RUN_1, NULL, &heard_ask),
                     HEARD_REPLY);
    assert_int_equal(send_due(world, 50000), 0);
    assert_int_equal(send_due(world, 70000), 1);
    assert_int_equal(send_due(world, 90000), 0);
    assert_int_equal(send_due(world, 104000), 1);

    /* A new connection: at once, and once. */
    exchange_reconnected(world->exchange, 105000);
    assert_int_equal(send_due(world, 105000), 1);
    assert_int_equal(send_due(world, 105000), 0);

    /* agent1 may come back later than we did: quickly again, until it is heard. */
    assert_true(exchange_wake_ms(world->exchange, true) <= 107000);
    assert_int_equal(send_due(world, 107000), 1);
    assert_int_equal(hear_reply(world, ID_1, "#1 web1: queued", RUN_1, NULL, &heard_ask),
                     HEARD_NOTHING);
    assert_true(exchange_wake_ms(world->exchange, true) > 130000);
}

static void test_no_answer(void **state)
{
    static const struct {
        const char *what;
        int64_t timeout_ms;
        int64_t sent_at_ms; /* negative: never */
        int64_t late_at_ms;
    } rows[] = {
        { "never sent", -1, -1, CHAT_LIFE_MS },
        { "sent at once", -1, 0, CHAT_LIFE_MS },
        { "sent late", -1, 20000, CHAT_LIFE_MS },
        { "never sent, short time limit", 5000, -1, 5000 },
        { "never sent, long time limit", 600000, -1, 600000 },
        { "sent, long time limit: until it expires", 600000, 40000, 70000 },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        World world = { .exchange = exchange_new(SESSION) };
        Ask *asked = ask(&world, ID_1, "!agents", rows[i].timeout_ms);
        Ask *heard_ask = NULL;

        print_message("  %s\n", rows[i].what);
        if (rows[i].sent_at_ms >= 0)
            assert_int_equal(send_due(&world, rows[i].sent_at_ms), 1);
        assert_null(next_late(&world, rows[i].late_at_ms - 1));
        assert_int_equal(exchange_wake_ms(world.exchange, false), rows[i].late_at_ms);
        assert_ptr_equal(next_late(&world, rows[i].late_at_ms), asked);
        assert_int_equal(asked->state, ASK_UNREACHABLE);
        assert_int_equal(ask_exit_code(asked), 5);
        assert_false(ask_is_pending(asked));

        /* Given up is given up. */
        assert_null(next_late(&world, rows[i].late_at_ms + 1));
        assert_int_equal(exchange_wake_ms(world.exchange, true), INT64_MAX);
        assert_int_equal(send_due(&world, rows[i].late_at_ms + 60000), 0);
        assert_int_equal(hear_reply(&world, ID_1, "late", NULL, "ok", &heard_ask), HEARD_NOTHING);
        exchange_free(world.exchange);
    }
}

static void test_time_limit(void **state)
{
    World *world = *state;
    Ask *asked = ask(world, ID_1, "DELEGATE: web1 | sleep 60", 40000);
    Ask *heard_ask = NULL;

    send_due(world, 0);
    hear_reply(world, ID_1, "#1 web1: queued", RUN_1, NULL, &heard_ask);
    assert_null(next_late(world, 39999));
    assert_ptr_equal(next_late(world, 40000), asked);
    assert_int_equal(asked->state, ASK_LATE);
    assert_int_equal(ask_exit_code(asked), 6);
    assert_null(next_late(world, 50000));

    /* It is still asked for, and an answer is still heard. */
    assert_true(send_due(world, 80000) > 0);
    assert_int_equal(hear_reply(world, ID_1, "#1 web1: succeeded", RUN_1, "succeeded", &heard_ask),
                     HEARD_ANSWER);
    assert_ptr_equal(heard_ask, asked);
}

static void test_without_time_limit_it_waits_on(void **state)
{
    World *world = *state;
    Ask *heard_ask = NULL;

    ask(world, ID_1, "DELEGATE: web1 | sleep 6000", -1);
    send_due(world, 0);
    hear_reply(world, ID_1, "#1 web1: queued", RUN_1, NULL, &heard_ask);
    assert_null(next_late(world, INT64_C(30) * 24 * 3600 * 1000));
}

static void test_story_of_a_run(void **state)
{
    World *world = *state;
    Ask *asked = ask(world, ID_1, "DELEGATE: web1 | id", -1);
    Ask *heard_ask = NULL;

    send_due(world, 0);
    assert_int_equal(hear_progress(world, RUN_1, 1, 1), HEARD_NOTHING); /* not known yet */
    assert_int_equal(hear_reply(world, ID_2, "x", RUN_1, NULL, &heard_ask), HEARD_NOTHING);
    assert_int_equal(hear_reply(world, ID_1, "#12 web1: queued", RUN_1, NULL, &heard_ask),
                     HEARD_REPLY);
    assert_ptr_equal(heard_ask, asked);
    assert_int_equal(asked->state, ASK_TAKEN);
    assert_string_equal(asked->label, "#12 web1");
    /* The answer to a repeat. */
    assert_int_equal(hear_reply(world, ID_1, "#12 web1: queued", RUN_1, NULL, &heard_ask),
                     HEARD_NOTHING);

    assert_int_equal(hear_progress(world, RUN_1, 1, 0), HEARD_PROGRESS);
    assert_int_equal(hear_progress(world, RUN_1, 1, 2), HEARD_PROGRESS);
    assert_int_equal(hear_progress(world, RUN_1, 1, 2), HEARD_NOTHING);
    assert_int_equal(hear_progress(world, RUN_1, 1, 1), HEARD_NOTHING);
    assert_int_equal(hear_progress(world, RUN_2, 1, 3), HEARD_NOTHING);

    /* Put off by the agent, and given to it again. */
    assert_int_equal(hear_result(world, RUN_1, 1, "deferred"), HEARD_RESULT);
    assert_int_equal(hear_progress(world, RUN_1, 2, 1), HEARD_PROGRESS);
    assert_int_equal(hear_result(world, RUN_1, 1, "succeeded"), HEARD_NOTHING);
    assert_int_equal(hear_result(world, RUN_1, 2, "succeeded"), HEARD_RESULT);
    assert_int_equal(hear_result(world, RUN_1, 2, "succeeded"), HEARD_NOTHING);
    assert_int_equal(hear_progress(world, RUN_1, 2, 9), HEARD_NOTHING);

    assert_int_equal(hear_reply(world, ID_1, "#12 web1: succeeded", RUN_1, "succeeded", &heard_ask),
                     HEARD_ANSWER);
    assert_int_equal(asked->state, ASK_ANSWERED);
    assert_int_equal(hear_reply(world, ID_1, "#12 web1: succeeded", RUN_1, "succeeded", &heard_ask),
                     HEARD_NOTHING);
    assert_int_equal(send_due(world, 600000), 0);
    assert_int_equal(exchange_wake_ms(world->exchange, true), INT64_MAX);
}

static void test_exit_codes(void **state)
{
    static const struct {
        const char *outcome;
        int code;
    } rows[] = {
        { "ok", 0 },          { "succeeded", 0 }, { "failed", 1 },    { "cancelled", 1 },
        { "unknown", 1 },     { "refused", 3 },   { "rejected", 3 },  { "denied", 3 },
        { "awaiting", 4 },    { "deferred", 4 },  { "expired", 4 },   { "missed", 4 },
        { "unconfirmed", 4 }, { "offline", 5 },   { "timed_out", 6 }, { "nonsense", 1 },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        World world = { .exchange = exchange_new(SESSION) };
        Ask *asked = ask(&world, ID_1, "x", -1);
        Ask *heard_ask = NULL;

        print_message("  %s\n", rows[i].outcome);
        send_due(&world, 0);
        assert_int_equal(hear_reply(&world, ID_1, "x", NULL, rows[i].outcome, &heard_ask),
                         HEARD_ANSWER);
        assert_int_equal(ask_exit_code(asked), rows[i].code);
        exchange_free(world.exchange);
    }
}

static void test_subscriptions(void **state)
{
    World *world = *state;
    Ask *listening = ask(world, ID_1, "mqtt_subscribe: home/#", -1);
    Ask *run = ask(world, ID_2, "@web1 x", -1);
    Ask *heard_ask;

    send_due(world, 0);
    assert_false(ask_listens(listening));
    assert_int_equal(hear_reply(world, ID_1, "s3: I listen to home/#", NULL, NULL, &heard_ask),
                     HEARD_REPLY);
    assert_true(ask_listens(listening));
    assert_string_equal(listening->label, "s3");
    /* What comes names the filter, too; its number stays. */
    assert_int_equal(
        hear_reply(world, ID_1, "s3 home/#: message 1\n```\ns4: x\n```", NULL, NULL, &heard_ask),
        HEARD_REPLY);
    assert_string_equal(listening->label, "s3");
    assert_int_equal(hear_reply(world, ID_1, "s3 home/#: over", NULL, "ok", &heard_ask),
                     HEARD_ANSWER);
    assert_false(ask_listens(listening));
    assert_int_equal(hear_reply(world, ID_2, "#1 web1: queued\ns3: x", NULL, NULL, &heard_ask),
                     HEARD_REPLY);
    assert_false(ask_listens(run));
    assert_string_equal(run->label, "#1 web1");
}

static void test_labels(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *label; /* NULL: none */
    } rows[] = {
        { "one run", "#7 web1: queued", "#7 web1" },
        { "below another line", "on its way\n#123 a-b_c: queued (offline)", "#123 a-b_c" },
        { "several runs", "#7 web1: queued\n#8 web2: queued", NULL },
        { "no run", "one moment: please", NULL },
        { "no number", "# web1: queued", NULL },
        { "no agent", "#7 : queued", NULL },
        { "no state", "#7 web1", NULL },
        { "nothing", "", NULL },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        World world = { .exchange = exchange_new(SESSION) };
        Ask *asked = ask(&world, ID_1, "x", -1);
        Ask *heard_ask = NULL;

        print_message("  %s\n", rows[i].what);
        hear_reply(&world, ID_1, rows[i].text, RUN_1, NULL, &heard_ask);
        assert_string_equal(asked->label ? asked->label : "(none)",
                            rows[i].label ? rows[i].label : "(none)");
        exchange_free(world.exchange);
    }
}

static void test_words_leave_the_label(void **state)
{
    World *world = *state;
    Ask *asked = ask(world, ID_1, "x", -1);
    Ask *heard_ask = NULL;

    hear_reply(world, ID_1, "#7 web1: queued", RUN_1, NULL, &heard_ask);
    hear_reply(world, ID_1, "It has begun.", RUN_1, NULL, &heard_ask);
    assert_string_equal(asked->label, "#7 web1");
}

static void test_several_questions(void **state)
{
    World *world = *state;
    Ask *first = ask(world, ID_1, "DELEGATE: web1 | id", -1);
    Ask *second = ask(world, ID_2, "!runs", -1);
    Ask *heard_ask = NULL;

    assert_int_equal(send_due(world, 0), 2);
    assert_int_equal(hear_reply(world, ID_2, "none", NULL, "ok", &heard_ask), HEARD_ANSWER);
    assert_ptr_equal(heard_ask, second);
    exchange_forget(world->exchange, second);
    assert_int_equal(hear_reply(world, ID_2, "none", NULL, "ok", &heard_ask), HEARD_NOTHING);
    assert_int_equal(hear_reply(world, ID_1, "ok", NULL, "ok", &heard_ask), HEARD_ANSWER);
    assert_ptr_equal(heard_ask, first);
}

static void test_bound(void **state)
{
    World *world = *state;
    const AskWish wish = { .text = "x", .timeout_ms = -1 };

    for (int i = 0; i < EXCHANGE_ASKS_MAX; i++)
        ask(world, ID_1, "x", -1);
    assert_null(exchange_ask(world->exchange, ID_2, &wish, 0));
}

/* What came after a final reply that told only of waiting, as a terminal hears it. */
static void test_news_of_what_is_kept(void **state)
{
    World *world = *state;
    Ask *kept = ask(world, ID_1, "DELEGATE: web1 | id", -1);
    Ask *heard_ask = NULL;

    assert_false(ask_waits(kept));
    assert_int_equal(send_due(world, 0), 1);
    assert_int_equal(hear_reply(world, ID_1, "#1 web1: deferred", RUN_1, "deferred", &heard_ask),
                     HEARD_ANSWER);
    assert_true(ask_waits(kept));
    exchange_keep(world->exchange, kept);
    assert_false(ask_is_at_work(kept));
    assert_int_equal(send_due(world, 3600000), 0);

    /* The answer to a copy that was still on its way. */
    assert_int_equal(hear_reply(world, ID_1, "#1 web1: deferred", RUN_1, "deferred", &heard_ask),
                     HEARD_NOTHING);
    /* It waits once more, in other words. */
    assert_int_equal(
        hear_reply(world, ID_1, "#1 web1: deferred to 05:00", RUN_1, "deferred", &heard_ask),
        HEARD_ANSWER);
    assert_true(ask_waits(kept));

    assert_int_equal(hear_reply(world, ID_1, "#1 web1: queued", RUN_1, NULL, &heard_ask),
                     HEARD_REPLY);
    assert_true(ask_is_at_work(kept));
    assert_false(ask_waits(kept));
    assert_int_equal(ask_exit_code(kept), 0);
    assert_int_equal(hear_reply(world, ID_1, "#1 web1: failed", RUN_1, "failed", &heard_ask),
                     HEARD_ANSWER);
    assert_ptr_equal(heard_ask, kept);
    assert_int_equal(ask_exit_code(kept), 1);
}

/* One run was refused, the other waits: the worst outcome hides it, its missing result tells. */
static void test_a_run_that_waits_beside_a_refused_one(void **state)
{
    World *world = *state;
    Ask *two = ask(world, ID_1, "@web* id", -1);
    Ask *heard_ask = NULL;

    send_due(world, 0);
    hear_reply(world, ID_1, "#1 web1: awaiting_approval", RUN_1, "refused", &heard_ask);
    assert_false(ask_waits(two));
    exchange_keep(world->exchange, two);
    assert_true(ask_waits(two));
    assert_int_equal(hear_result(world, RUN_1, 1, "succeeded"), HEARD_RESULT);
    assert_false(ask_waits(two));
}

/* !run of a kept run tells the one who asks now. */
static void test_what_is_pending_comes_before_what_is_kept(void **state)
{
    World *world = *state;
    Ask *kept = ask(world, ID_1, "@web1 id", -1);
    Ask *pending = ask(world, ID_2, "!run 1", -1);
    g_autoptr(Message) progress = message_new(MESSAGE_PROGRESS, ID_2, "agent1", WALL_MS);
    Ask *heard_ask = NULL;

    send_due(world, 0);
    hear_reply(world, ID_1, "#1 web1: deferred", RUN_1, "deferred", &heard_ask);
    exchange_keep(world->exchange, kept);
    hear_reply(world, ID_2, "#1 web1: running", RUN_1, NULL, &heard_ask);

    progress->progress.run = g_strdup(RUN_1);
    progress->progress.attempt = 1;
    progress->progress.seq = 1;
    assert_int_equal(exchange_hear(world->exchange, progress, &heard_ask), HEARD_PROGRESS);
    assert_ptr_equal(heard_ask, pending);
}

static void test_the_oldest_kept_makes_room(void **state)
{
    World *world = *state;
    Ask *heard_ask = NULL;
    Ask *kept = ask(world, ID_1, "@web1 id", -1);

    hear_reply(world, ID_1, "#1 web1: deferred", RUN_1, "deferred", &heard_ask);
    exchange_keep(world->exchange, kept);
    for (int i = 0; i < EXCHANGE_ASKS_MAX; i++)
        ask(world, ID_2, "x", -1);
    assert_int_equal(exchange_asks(world->exchange)->len, EXCHANGE_ASKS_MAX);
    assert_int_equal(hear_reply(world, ID_1, "#1 web1: queued", RUN_1, NULL, &heard_ask),
                     HEARD_NOTHING);
}

static void test_other_kinds_say_nothing(void **state)
{
    World *world = *state;

    for (int kind = 0; kind < MESSAGE_KIND_COUNT; kind++) {
        g_autoptr(Message) message = message_new((MessageKind)kind, ID_2, "agent1", WALL_MS);
        Ask *heard_ask = NULL;

        assert_int_equal(exchange_hear(world->exchange, message, &heard_ask), HEARD_NOTHING);
        assert_null(heard_ask);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static void test_what_a_reply_holds(void **state)
{
    static const struct {
        const char *text;
        const char *words;
        bool has_end;
    } rows[] = {
        { "I look.\n\n#1 web1: queued", "I look.\n\n", false },
        { "understood as: x\n#1 web1: queued\n#2 web2: queued", "understood as: x\n", false },
        { "#1 web1: queued", NULL, false },
        { "#1 web1: queued\nmore", NULL, false },
        { "still waiting for web1", NULL, false },
        { "#1 web1: running", NULL, false },
        { "#1 web1: failed (exit 1)", NULL, true },
        { "#1 web1: queued\n#2 web1: timed_out", NULL, true },
        { "#1 web1: succeededly", NULL, false },
        { "web1: failed", NULL, false },
        { "\n", NULL, false },
        { "", NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *words = reply_words(rows[i].text);

        if (g_strcmp0(words, rows[i].words) != 0 || reply_has_end(rows[i].text) != rows[i].has_end)
            fail_msg("%s: %s", rows[i].text, words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_reply_holds),
        TEST(test_copies_are_the_same),
        TEST(test_repeats),
        cmocka_unit_test(test_no_answer),
        TEST(test_time_limit),
        TEST(test_without_time_limit_it_waits_on),
        TEST(test_story_of_a_run),
        cmocka_unit_test(test_exit_codes),
        TEST(test_subscriptions),
        cmocka_unit_test(test_labels),
        TEST(test_words_leave_the_label),
        TEST(test_several_questions),
        TEST(test_bound),
        TEST(test_news_of_what_is_kept),
        TEST(test_a_run_that_waits_beside_a_refused_one),
        TEST(test_what_is_pending_comes_before_what_is_kept),
        TEST(test_the_oldest_kept_makes_room),
        TEST(test_other_kinds_say_nothing),
    };

    return cmocka_run_group_tests_name("cli-exchange", tests, NULL, NULL);
}
