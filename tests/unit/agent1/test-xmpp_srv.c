/* SRV records: read from answers that nobody vouches for, and drawn by weight. */
#include "agent1/edge/xmpp_srv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

/* A header with this many questions and answers. */
#define HEAD(questions, answers) "\x12\x34\x81\x80\0" questions "\0" answers "\0\0\0\0"
/* example.org, written out at offset 12, the first after the header. */
#define NAME     "\7example\3org\0"
#define QUESTION NAME "\0\x21\0\1"
#define POINTER  "\xc0\x0c"
#define SRV_HEAD POINTER "\0\x21\0\1\0\0\0\x3c"
#define SRV(priority, weight, port, host)                                                          \
    SRV_HEAD "\0\x0a\0" priority "\0" weight "\x14" port host POINTER
#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static void test_read(void **state)
{
    static const struct {
        const char *what;
        const uint8_t *answer;
        size_t length;
        const char *records; /* NULL: no answer at all */
    } rows[] = {
        { "nothing", BYTES(""), NULL },
        { "half a header", BYTES("\x12\x34\x81\x80"), NULL },
        { "no records", BYTES(HEAD("\1", "\0") QUESTION), "" },
        { "one", BYTES(HEAD("\1", "\1") QUESTION SRV("\1", "\2", "\x66", "\1a")),
          "1 2 5222 a.example.org;" },
        { "two",
          BYTES(HEAD("\1", "\2") QUESTION SRV("\5", "\0", "\x66", "\1a")
                    SRV("\0", "\x09", "\x67", "\1b")),
          "5 0 5222 a.example.org;0 9 5223 b.example.org;" },
        { "the service is not offered",
          BYTES(HEAD("\1", "\1") QUESTION SRV_HEAD "\0\7\0\0\0\0\0\0\0"), "0 0 0 ;" },
        { "another type between",
          BYTES(HEAD("\1", "\2") QUESTION POINTER
                "\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1" SRV("\1", "\2", "\x66", "\1a")),
          "1 2 5222 a.example.org;" },
        { "cut off", BYTES(HEAD("\1", "\1") QUESTION SRV_HEAD "\0\x0a\0\1\0"), NULL },
        { "data shorter than a record", BYTES(HEAD("\1", "\1") QUESTION SRV_HEAD "\0\2\0\1"), "" },
        { "a name that points at itself",
          BYTES(HEAD("\1", "\1") QUESTION SRV_HEAD "\0\x08\0\1\0\2\x14\x66\xc0\x2f"), "" },
        { "a name that points beyond",
          BYTES(HEAD("\1", "\1") QUESTION SRV_HEAD "\0\x08\0\1\0\2\x14\x66\xff\xff"), "" },
        { "more promised than there is",
          BYTES(HEAD("\1", "\x09") QUESTION SRV("\1", "\2", "\x66", "\1a")), NULL },
    };

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        /* In a block of its own, so that reading beyond it is seen. */
        g_autofree uint8_t *answer = g_memdup2(rows[i].answer, rows[i].length);
        g_autoptr(GPtrArray) records = xmpp_srv_read(answer, rows[i].length);
        g_autoptr(GString) text = g_string_new(NULL);

        for (unsigned n = 0; records && n < records->len; n++) {
            const XmppSrv *srv = records->pdata[n];

            g_string_append_printf(text, "%u %u %u %s;", srv->priority, srv->weight, srv->port,
                                   srv->target);
        }
        if (!records != !rows[i].records || (records && !g_str_equal(text->str, rows[i].records)))
            fail_msg("%s: %s", rows[i].what, records ? text->str : "no answer");
    }
}

static void srv_free(void *data)
{
    XmppSrv *srv = data;

    g_free(srv->target);
    g_free(srv);
}

static void add(GPtrArray *records, uint16_t priority, uint16_t weight, const char *target)
{
    XmppSrv *srv = g_new0(XmppSrv, 1);

    srv->priority = priority;
    srv->weight = weight;
    srv->target = g_strdup(target);
    g_ptr_array_add(records, srv);
}

static void test_order(void **state)
{
    enum { DRAWS = 10000 };
    unsigned first_is_heavy = 0;
    unsigned first_is_weightless = 0;

    (void)state;

    for (uint64_t random = 0; random < DRAWS; random++) {
        g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(srv_free);
        const XmppSrv *srv;

        add(records, 20, 0, "late");
        add(records, 10, 75, "heavy");
        add(records, 10, 25, "light");
        add(records, 10, 0, "weightless");
        xmpp_srv_order(records, random);

        assert_int_equal(records->len, 4);
        srv = records->pdata[3];
        assert_string_equal(srv->target, "late");
        srv = records->pdata[0];
        first_is_heavy += g_str_equal(srv->target, "heavy");
        first_is_weightless += g_str_equal(srv->target, "weightless");
    }
    /* Three quarters, and nearly never. */
    assert_in_range(first_is_heavy, DRAWS * 70 / 100, DRAWS * 80 / 100);
    assert_in_range(first_is_weightless, 1, DRAWS * 3 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests_name("xmpp_srv", tests, NULL, NULL);
}
