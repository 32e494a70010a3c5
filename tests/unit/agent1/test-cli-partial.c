/* What of an answer that comes in parts is printed, and what of the whole is left. */
#include "agent1/cli/partial.h"

#include "agent1/cli/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void take(Partial *partial, int64_t offset, const char *text, const char *lines,
                 const char *line)
{
    g_autofree char *printed = NULL;

    partial_take(partial, offset, text);
    printed = partial_take_lines(partial);
    if (g_strcmp0(printed, lines) != 0)
        fail_msg("\"%s\": printed \"%s\"", text, printed ? printed : "nothing");
    assert_string_equal(partial_line(partial), line);
}

static void lines_come_once(void **state)
{
    Partial partial;

    (void)state;
    partial_init(&partial);
    take(&partial, 0, "All is", NULL, "All is");
    take(&partial, 0, "All is well:", NULL, "All is well:");
    take(&partial, 0, "All is well: web1.\nThe", "All is well: web1.\n", "The");
    take(&partial, 19, "The end.\n\nOf", "The end.\n\n", "Of");
    assert_string_equal(partial_rest(&partial, "All is well: web1.\nThe end.\n\nOf it."), "Of it.");
    assert_string_equal(partial_rest(&partial, "All is well: web1.\nThe end.\n"), "");
    assert_string_equal(partial_rest(&partial, "(given up)"), "(given up)");
    assert_false(partial.is_replaced);
    partial_clear(&partial);
}

static void the_last_line_ends_the_whole(void **state)
{
    Partial partial;

    (void)state;
    partial_init(&partial);
    take(&partial, 0, "One.\n", "One.\n", "");
    assert_string_equal(partial_rest(&partial, "One."), "");
    assert_string_equal(partial_rest(&partial, "One.\nTwo."), "Two.");
    assert_string_equal(partial_rest(&partial, "One. Two."), "One. Two.");
    assert_string_equal(partial_rest(&partial, ""), "");
    partial_reset(&partial);
    assert_string_equal(partial_rest(&partial, "One."), "One.");
    partial_clear(&partial);
}

static void another_model(void **state)
{
    Partial partial;

    (void)state;
    partial_init(&partial);
    take(&partial, 0, "One.\nTw", "One.\n", "Tw");
    take(&partial, 0, "", NULL, "");
    assert_true(partial.is_replaced);
    assert_string_equal(partial_rest(&partial, "One.\nTwo."), "One.\nTwo.");
    partial_clear(&partial);
}

static void what_was_lost(void **state)
{
    Partial partial;

    (void)state;
    partial_init(&partial);
    take(&partial, 0, "One.\n", "One.\n", "");
    take(&partial, 10, "Three.\n", NULL, "");
    take(&partial, INT64_MAX, "Four.\n", NULL, "");
    assert_string_equal(partial_rest(&partial, "One.\nTwo.\nThree."), "Two.\nThree.");
    partial_clear(&partial);
}

static Heard hear(Exchange *exchange, const char *text, int64_t offset, bool is_final)
{
    g_autoptr(Message) message = message_new(MESSAGE_REPLY, "2", "agent1", 1);
    Ask *heard = NULL;

    message->reply.in_reply_to = g_strdup("1");
    message->reply.text = g_strdup(text);
    message->reply.offset = offset;
    message->reply.is_final = is_final;
    return exchange_hear(exchange, message, &heard);
}

/* A part, and a reply without words, say that agent1 has the question; neither is a reply to print.
 */
static void they_are_heard(void **state)
{
    g_autoptr(Exchange) exchange = exchange_new("0123456789abcdef");
    const AskWish wish = { .text = "hello", .timeout_ms = -1 };
    const Ask *ask = exchange_ask(exchange, "1", &wish, 0);

    (void)state;
    assert_int_equal(hear(exchange, "", MESSAGE_ABSENT, false), HEARD_NOTHING);
    assert_int_equal(ask->state, ASK_TAKEN);
    assert_int_equal(hear(exchange, "Good", 0, false), HEARD_PIECE);
    assert_int_equal(hear(exchange, "Good", 0, false), HEARD_PIECE);
    assert_null(ask->last_text);
    assert_int_equal(hear(exchange, "Good morning", MESSAGE_ABSENT, true), HEARD_ANSWER);
    assert_int_equal(hear(exchange, "Good", 0, false), HEARD_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_once), cmocka_unit_test(the_last_line_ends_the_whole),
        cmocka_unit_test(another_model),   cmocka_unit_test(what_was_lost),
        cmocka_unit_test(they_are_heard),
    };

    return cmocka_run_group_tests_name("cli partial", tests, NULL, NULL);
}
