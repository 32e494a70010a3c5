/* What agent1 says to a session and not in answer to anything that it asked. */
#include "agent1/cli/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define SESSION "0123456789abcdef"
#define ID      "01JD0000000000000000000001"

static void what_a_reply_answers(void **state)
{
    static const struct {
        const char *what;
        const char *in_reply_to;
        Heard heard;
    } rows[] = {
        { "the session", SESSION, HEARD_NEWS },
        { "another session", "fedcba9876543210", HEARD_NOTHING },
        { "a question that nobody asked", ID, HEARD_NOTHING },
    };
    g_autoptr(Exchange) exchange = exchange_new(SESSION);

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Message) message = message_new(MESSAGE_REPLY, ID, "agent1", 1);
        Ask *ask = NULL;

        print_message("%s\n", rows[i].what);
        message->reply.in_reply_to = g_strdup(rows[i].in_reply_to);
        message->reply.text = g_strdup("Schedule x: #1 web1: failed");
        message->reply.is_final = true;
        assert_int_equal(exchange_hear(exchange, message, &ask), rows[i].heard);
        assert_null(ask);
    }
}

static Heard hear(Exchange *exchange, const char *id)
{
    g_autoptr(Message) message = message_new(MESSAGE_REPLY, id, "agent1", 1);
    Ask *ask;

    message->reply.in_reply_to = g_strdup(SESSION);
    message->reply.text = g_strdup("The configuration is good again, and in use.");
    message->reply.is_final = true;
    return exchange_hear(exchange, message, &ask);
}

static void the_same_twice_is_told_once(void **state)
{
    g_autoptr(Exchange) exchange = exchange_new(SESSION);

    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        g_autofree char *id = g_strdup_printf("01JD00000000000000000001%02u", i);

        assert_int_equal(hear(exchange, id), HEARD_NEWS);
        assert_int_equal(hear(exchange, id), HEARD_NOTHING);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_reply_answers),
        cmocka_unit_test(the_same_twice_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
