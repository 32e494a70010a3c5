/* Long output: what a phone is shown of it, and where the rest is. */
#include "core-xmpp.h"

#include "common/base/banned.h"

/* A run of web1 that ended with so many lines of output; "line 0" is the first. */
static char *make_output(unsigned lines)
{
    GString *output = g_string_new(NULL);

    for (unsigned i = 0; i < lines; i++)
        g_string_append_printf(output, "line %u of what it wrote, and a few more words\n", i);
    return g_string_free(output, FALSE);
}

static void end_run(World *world, const char *output)
{
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 make");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_forget(world);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, output);
}

static const char *said(const World *world, unsigned index)
{
    assert_true(index < world->said->len);
    return ((const Effect *)world->said->pdata[index])->say.text;
}

/* ---- !output ---- */

static void output_is_shown_whole_in_pieces(void **state)
{
    World *world = *state;
    g_autofree char *output = make_output(1000);
    g_autoptr(GString) heard = g_string_new(NULL);

    end_run(world, output);
    world_forget(world);
    world_write(world, "vera", NULL, "!output 1");
    assert_in_range(world->said->len, 5, 6);
    for (unsigned i = 0; i < world->said->len; i++) {
        assert_in_range(strlen(said(world, i)), 1, 10000);
        assert_true(g_str_has_suffix(said(world, i), "\n```"));
        g_string_append_printf(heard, "%s\n", said(world, i));
    }
    assert_true(g_str_has_prefix(heard->str, "#1 web1: succeeded (exit 0, 0.4 s)\n```\nline 0 "));
    for (unsigned i = 0; i < 1000; i++) {
        g_autofree char *line = g_strdup_printf("\nline %u of", i);

        assert_contains(heard->str, line);
    }
}

static void output_of_others(void **state)
{
    static const struct {
        const char *text;
        const char *answer;
    } rows[] = {
        { "!output", "expected !output <id>, as in !output 12" },
        { "!output p1", "p1: expected !output <id>, as in !output 12" },
        { "!output 7", "7: no such run; !runs lists the last ones" },
        { "!output 1", "#1 web1: succeeded (exit 0, 0.4 s); it wrote no output" },
        { "!output 2", "#2 web1: not over yet; !run 2 shows the end of its output so far" },
    };
    World *world = *state;

    end_run(world, "");
    world_write(world, "oskar", NULL, "@web1 make");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_write(world, "vera", NULL, rows[i].text);
        assert_string_equal(world_last_said(world), rows[i].answer);
    }
}

/* ---- files ---- */

static void tell_share(World *world, uint64_t max_bytes)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = XMPP_FACT_SHARE;
    event->fact.max_bytes = max_bytes;
    world_step(world, event);
}

static void tell_upload(World *world, XmppFactKind kind, const char *id, const char *text)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = kind;
    event->fact.about = g_strdup(id);
    event->fact.text = g_strdup(text);
    world_step(world, event);
}

static unsigned count_uploads(const World *world)
{
    unsigned count = 0;

    for (unsigned i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        count += effect->kind == EFFECT_XMPP && effect->act.kind == XMPP_ACT_UPLOAD;
    }
    return count;
}

static unsigned count_links(const World *world)
{
    unsigned count = 0;

    for (unsigned i = 0; i < world->said->len; i++)
        count += ((const Effect *)world->said->pdata[i])->say.is_link;
    return count;
}

/* The id of the one file that was begun; the caller owns it. */
static char *upload_id(const World *world)
{
    const XmppAct *act = world_last_act(world, XMPP_ACT_UPLOAD);

    assert_non_null(act);
    return g_strdup(act->id);
}

#define LINK_URL "https://share.example.org/x/run-1-web1.txt"

static void the_link_follows_the_answer(void **state)
{
    World *world = *state;
    g_autofree char *output = make_output(100);
    g_autofree char *id = NULL;
    const XmppAct *act;
    const EffectSay *link;

    tell_share(world, 1000000);
    end_run(world, output);
    assert_int_equal(world->said->len, 1);
    assert_true(g_str_has_prefix(
        said(world, 0), "#1 web1: succeeded (exit 0, 0.4 s) (the end of its output; all of "
                        "it follows as a file)\n```\nline 85 "));
    assert_true(
        g_str_has_suffix(said(world, 0), "line 99 of what it wrote, and a few more words\n```"));
    act = world_last_act(world, XMPP_ACT_UPLOAD);
    assert_non_null(act);
    assert_string_equal(act->about, "run-1-web1.txt");
    assert_string_equal(act->text, output);

    id = upload_id(world);
    tell_upload(world, XMPP_FACT_UPLOADED, id, LINK_URL);
    assert_int_equal(world->said->len, 2);
    link = &((const Effect *)world->said->pdata[1])->say;
    assert_string_equal(link->text, LINK_URL);
    assert_string_equal(link->jid, "oskar@example.org/phone");
    assert_true(link->is_link);
    /* Told twice, it is said once; and what nobody asked for is nobody's. */
    tell_upload(world, XMPP_FACT_UPLOADED, id, LINK_URL);
    tell_upload(world, XMPP_FACT_NOT_UPLOADED, id, "late");
    tell_upload(world, XMPP_FACT_UPLOADED, "01J000000000000000000000ZZ", LINK_URL);
    assert_int_equal(world->said->len, 2);
    assert_int_equal(world_count_rows(world, TABLE_UPLOADS), 0);
}

/* The agent kept only a part of it: the file has no more than that. */
static void of_what_was_too_much_the_file_has_what_was_kept(void **state)
{
    World *world = *state;
    g_autofree char *output = make_output(100);
    Message *result = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, "web1", world->now_ms);

    tell_share(world, 1000000);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 make");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    result->result.run = g_strdup(world_run_id(world, 1));
    result->result.attempt = 1;
    result->result.state = g_strdup("succeeded");
    result->result.exit_code = 0;
    result->result.signal = MESSAGE_ABSENT;
    result->result.started_ms = result->result.finished_ms = world->now_ms;
    result->result.output = g_strdup(output);
    result->result.is_truncated = true;
    world_report(world, JOURNAL_1, result);
    assert_contains(world_last_said(world),
                    " (the end of its output; what was kept of it follows as a file)\n```\nline ");
    assert_string_equal(world_last_act(world, XMPP_ACT_UPLOAD)->text, output);
}

static void a_file_that_fails_is_told(void **state)
{
    World *world = *state;
    g_autofree char *output = make_output(100);
    g_autofree char *id = NULL;

    tell_share(world, 1000000);
    end_run(world, output);
    id = upload_id(world);
    tell_upload(world, XMPP_FACT_NOT_UPLOADED, id, "the file server refused it (HTTP 500)");
    assert_string_equal(world_last_said(world),
                        "#1 web1: no file of its output: the file server refused it (HTTP 500); "
                        "!output 1 shows all of it");
    assert_int_equal(world_count_rows(world, TABLE_UPLOADS), 0);
    tell_share(world, 1000000);
    assert_int_equal(count_uploads(world), 1);
}

static void what_is_short_or_too_long_is_no_file(void **state)
{
    static const struct {
        const char *what;
        unsigned lines;
        uint64_t max_bytes;
        const char *said;
    } rows[] = {
        { "short", 40, 1000000, "(exit 0, 0.4 s)\n```\nline 0 " },
        { "no service", 200, 0, "(the end of its output; !output 1 shows more)\n```\nline 1" },
        { "too long for it", 200, 1000, "(the end of its output; !output 1 shows more)" },
    };

    world_teardown(state);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *output = make_output(rows[i].lines);
        World *world;

        world_setup(state);
        world = *state;
        tell_share(world, 1000000);
        tell_share(world, rows[i].max_bytes);
        end_run(world, output);
        assert_int_equal(count_uploads(world), 0);
        assert_int_equal(world->said->len, 1);
        if (!strstr(said(world, 0), rows[i].said))
            fail_msg("%s: %s", rows[i].what, said(world, 0));
        world_teardown(state);
    }
    world_setup(state);
}

static void secrets_do_not_go_into_files(void **state)
{
    World *world = *state;
    g_autofree char *rest = make_output(100);
    g_autofree char *output = g_strconcat("password=hunter22\n", rest, NULL);
    const XmppAct *act;

    tell_share(world, 1000000);
    end_run(world, output);
    act = world_last_act(world, XMPP_ACT_UPLOAD);
    assert_non_null(act);
    assert_null(strstr(act->text, "hunter22"));
    assert_contains(act->text, "password=[redacted]");
}

/* The promise outlives a crash: another file is made, and the link is said once. */
static void a_restart_makes_the_file_anew(void **state)
{
    World *world = *state;
    g_autofree char *output = make_output(100);
    g_autofree char *id = NULL;
    g_autofree char *again = NULL;

    tell_share(world, 1000000);
    end_run(world, output);
    id = upload_id(world);
    world_restart(world);
    world_forget(world);
    world_link(world, LINK_XMPP, true);
    assert_int_equal(count_uploads(world), 0);
    tell_share(world, 1000000);
    assert_int_equal(count_uploads(world), 1);
    again = upload_id(world);
    assert_string_equal(again, id);
    assert_string_equal(world_last_act(world, XMPP_ACT_UPLOAD)->text, output);
    tell_upload(world, XMPP_FACT_UPLOADED, id, LINK_URL);
    assert_string_equal(world_last_said(world), LINK_URL);
    world_restart(world);
    world_forget(world);
    world_link(world, LINK_XMPP, true);
    tell_share(world, 1000000);
    assert_int_equal(count_uploads(world), 0);
    /* It was not taken by the server: it is said again, as a link. */
    assert_int_equal(count_links(world), 1);
}

#define NO_PLACE                                                                                   \
    "#1 web1: no file of its output: the XMPP server gives no place for it; !output 1 shows all "  \
    "of it"

/* The file service is gone, and agent1 was begun anew: nobody else will ever say so. */
static void a_promise_without_a_place_is_told(void **state)
{
    World *world = *state;
    g_autofree char *output = make_output(100);

    tell_share(world, 1000000);
    end_run(world, output);
    world_restart(world);
    world_link(world, LINK_XMPP, true);
    world_forget(world);
    world_wait(world, 9 * MINUTE_MS);
    assert_int_equal(world->said->len, 0);
    assert_in_range(core_next_deadline(world->core), 0, world->now_ms + MINUTE_MS);
    world_wait(world, MINUTE_MS);
    assert_int_equal(world->said->len, 1);
    assert_string_equal(world_last_said(world), NO_PLACE);
    assert_int_equal(world_count_rows(world, TABLE_UPLOADS), 0);
    tell_share(world, 1000000);
    assert_int_equal(count_uploads(world), 0);
}

/* Without a connection there is nobody to tell, and a clock that is put back delays nothing. */
static void a_promise_waits_for_the_server_alone(void **state)
{
    World *world = *state;
    g_autofree char *output = make_output(100);

    tell_share(world, 1000000);
    end_run(world, output);
    world_link(world, LINK_XMPP, false);
    world_wait(world, 25 * HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_UPLOADS), 1);
    world_link(world, LINK_XMPP, true);
    tell_share(world, 1000000);
    assert_int_equal(count_uploads(world), 2);
    world->now_ms -= 2 * HOUR_MS;
    world_wait(world, 0);
    world_wait(world, 9 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_UPLOADS), 1);
    world_wait(world, MINUTE_MS);
    assert_string_equal(world_last_said(world), NO_PLACE);
}

/* agentctl has all of it already. */
static void a_console_gets_no_file(void **state)
{
    World *world = *state;
    g_autofree char *output = make_output(100);

    tell_share(world, 1000000);
    world_register(world, JOURNAL_1, 1);
    world_type(world, WORLD_MESSAGE_ID, "@web1 make", false, false);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, output);
    assert_int_equal(count_uploads(world), 0);
}

#define OUTPUT_TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OUTPUT_TEST(output_is_shown_whole_in_pieces),
        OUTPUT_TEST(output_of_others),
        OUTPUT_TEST(the_link_follows_the_answer),
        OUTPUT_TEST(of_what_was_too_much_the_file_has_what_was_kept),
        OUTPUT_TEST(a_file_that_fails_is_told),
        OUTPUT_TEST(what_is_short_or_too_long_is_no_file),
        OUTPUT_TEST(secrets_do_not_go_into_files),
        OUTPUT_TEST(a_restart_makes_the_file_anew),
        OUTPUT_TEST(a_promise_without_a_place_is_told),
        OUTPUT_TEST(a_promise_waits_for_the_server_alone),
        OUTPUT_TEST(a_console_gets_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
