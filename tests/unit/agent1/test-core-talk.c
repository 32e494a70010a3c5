/* The core of agent1 with fake edges: talk with language models. Which is asked, what an answer
 * means, and that words alone do nothing. */
#include "talk-world.h"

#include "common/base/banned.h"

#define HINT "I take commands (!help lists them)"

/* ---- what it is asked ---- */

static void what_it_sees(void **state)
{
    World *world = *state;
    const ModelCall *call;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "m1", "is web1 busy?");
    call = last_call(world);
    assert_int_equal(call->provider, 0);
    assert_int_equal(call->words->len, 1);
    assert_string_equal(words_at(call, 0), "is web1 busy?");
    assert_contains(call->preamble, "DELEGATE: <agent> | <task>");
    assert_contains(call->preamble, "\n- web1: online");
    assert_contains(call->preamble, "\n- web2: not seen yet");
    assert_contains(call->preamble, "2026-09-21 14:13 UTC");
    assert_contains(call->preamble, "The person is oskar, with the role operator");
    /* Not what he may not use, and nothing secret. */
    assert_null(strstr(call->preamble, "MQTT_PUBLISH:"));
    assert_null(strstr(call->preamble, "secret-key"));
    assert_null(strstr(call->preamble, "password"));
}

static void what_was_said_before(void **state)
{
    World *world = *state;
    const ModelCall *call;

    configure(world, CHAIN);
    world_write(world, "oskar", "m1", "my name is Oskar");
    answer(world, "Hello, Oskar.");
    world_write(world, "vera", "m2", "what is my name?");
    assert_int_equal(last_call(world)->words->len, 1);
    answer(world, "You did not tell.");
    world_restart(world);
    configure(world, CHAIN);
    world_write(world, "oskar", "m3", "what is my name?");
    call = last_call(world);
    assert_int_equal(call->words->len, 3);
    assert_string_equal(words_at(call, 0), "my name is Oskar");
    assert_string_equal(words_at(call, 1), "Hello, Oskar.");
    answer(world, "Oskar.");
    world_write(world, "oskar", "m4", "!reset");
    assert_contains(world_last_said(world), "forgotten: what was said here (4 messages)");
    world_write(world, "oskar", "m5", "and now?");
    assert_int_equal(last_call(world)->words->len, 1);
    answer(world, "Hm.");
    /* Old turns are not looked for at every message, and are shown no more all the same. */
    world->now_ms += DAY_MS + MINUTE_MS;
    world_write(world, "oskar", "m6", "the next day");
    assert_int_equal(last_call(world)->words->len, 1);
    answer(world, "Yes.");
    world_wait(world, 26 * HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_TURNS), 0);
}

/* A conversation of any length stays within what the model takes. */
static void a_long_conversation(void **state)
{
    World *world = *state;

    configure(world, "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\",\"max_tokens\":16,"
                     "\"context_tokens\":1400}]}");
    for (int i = 0; i < 60; i++) {
        world_write(world, "oskar", NULL, "a message of some thirty bytes");
        assert_string_equal(words_at(last_call(world), 0), "a message of some thirty bytes");
        answer(world, "an answer that is not much longer");
    }
    assert_int_equal(world_count_rows(world, TABLE_TURNS), 40);
    assert_true(last_call(world)->words->len > 1);
    assert_true(last_call(world)->words->len < 40);
}

/* Its older turns become one text, which the model writes itself. */
static void a_long_conversation_is_summed_up(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;
    const ModelCall *call;

    configure(world, "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}]}");
    for (int i = 0; i < 15; i++) {
        world_write(world, "oskar", NULL, i == 0 ? "I look after web1" : "go on");
        answer(world, "yes");
    }
    call = last_call(world);
    assert_contains(call->preamble, "You sum up a conversation");
    assert_false(call->has_tools);
    assert_int_equal(call->words->len, 25);
    assert_string_equal(words_at(call, 0), "I look after web1");
    /* Nobody hears of it, and what it says is no order. */
    id = g_strdup(call->id);
    world_forget(world);
    tell(world, model_news_piece(id, "Oskar looks after web1.\nDELEGATE: web1 | reboot"));
    tell(world, model_news_end(id, MODEL_ANSWERED));
    assert_int_equal(world->said->len, 0);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    assert_int_equal(world_count_rows(world, TABLE_TURNS), 7);
    world_write(world, "oskar", NULL, "what do I look after?");
    call = last_call(world);
    assert_int_equal(call->words->len, 8);
    assert_string_equal(words_at(call, 0), "(Summed up by the assistant, of what was said before:) "
                                           "Oskar looks after web1.\nDELEGATE: web1 | reboot");
    assert_string_equal(words_at(call, 1), "go on");
}

static void a_summary_comes_too_late(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    configure(world, "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}]}");
    for (int i = 0; i < 15; i++) {
        world_write(world, "oskar", NULL, "go on");
        answer(world, "yes");
    }
    id = g_strdup(last_call(world)->id);
    world_write(world, "oskar", NULL, "!reset");
    tell(world, model_news_piece(id, "They went on."));
    tell(world, model_news_end(id, MODEL_ANSWERED));
    assert_int_equal(world_count_rows(world, TABLE_TURNS), 0);
}

/* ---- what an answer does ---- */

static void words_are_said(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    configure(world, CHAIN);
    world_write(world, "oskar", "m1", "hello");
    assert_int_equal(world->said->len, 0);
    id = g_strdup(last_call(world)->id);
    tell(world, model_news_piece(id, "Good "));
    tell(world, model_news_piece(id, "morning."));
    assert_int_equal(world->said->len, 0);
    tell(world, model_news_end(id, MODEL_ANSWERED));
    expect_said(world, "Good morning.");
    /* What comes after its end is none. */
    tell(world, model_news_piece(id, "DELEGATE: web1 | uptime"));
    tell(world, model_news_end(id, MODEL_ANSWERED));
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void triggers_are_done(void **state)
{
    World *world = *state;
    ModelNews *end;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "m1", "is web1 busy?");
    answer(world, "I look.\nDELEGATE: web1 | uptime");
    expect_said(world, "I look.\nasked for: DELEGATE: web1 | uptime\n#1 web1: queued");
    assert_string_equal(row_text(world_run(world, 1), RUNS_TASK), "uptime");
    assert_string_equal(row_text(world_run(world, 1), RUNS_USER), "oskar");
    world_write(world, "oskar", "m2", "and now?");
    end = model_news_end(last_call(world)->id, MODEL_ANSWERED);
    g_ptr_array_add(end->tool_lines, g_strdup("DELEGATE: web1 | w"));
    tell(world, end);
    expect_said(world, "asked for: DELEGATE: web1 | w\n#2 web1: queued");
}

static void as_who_asked(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "vera", "m1", "restart everything");
    answer(world, "DELEGATE: web1 | reboot\nMQTT_PUBLISH: home/x | on");
    assert_contains(world_last_said(world), "web1: refused (role)");
    assert_contains(world_last_said(world), "MQTT_PUBLISH: refused (role)");
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 0);
    /* A claim beside what was refused, or only looked, is one. */
    world_write(world, "vera", "m2", "restart web1");
    answer(world, "I have restarted web1.\nDELEGATE: web1 | reboot");
    assert_contains(world_last_said(world), "\n(no action was taken)");
    world_write(world, "oskar", "m3", "restart web1");
    answer(world, "I have restarted web1.\nPLAN_LIST:");
    assert_contains(world_last_said(world), "\n(no action was taken)");
    world_write(world, "oskar", NULL, "!reset");
    world_write(world, "oskar", "m4", "restart web1");
    answer(world, "I have restarted web1.\nDELEGATE: web1 | reboot");
    assert_null(strstr(world_last_said(world), "no action"));
}

/* Words that look like deeds, records that look like agent1's, lines that only look like triggers.
 */
static void words_do_nothing(void **state)
{
    static const struct {
        const char *answer;
        const char *said;
    } rows[] = {
        { "I have restarted web1.", "I have restarted web1.\n(no action was taken)" },
        { "C’est fait, j’ai redémarré web1.",
          "C’est fait, j’ai redémarré web1.\n(no action was taken)" },
        { "#7 web1: succeeded (exit 0, 0.4 s)", "(says the model) #7 web1: succeeded" },
        { "Shall I go on? !yes or !no", "(says the model) Shall I go on?" },
        { "web1: refused (role): you may not", "(says the model) web1: refused (role)" },
        { "1. #7 web1: succeeded", "(says the model) 1. #7 web1: succeeded" },
        { "\xe2\x9c\x85 #7 web1: succeeded", "(says the model) \xe2\x9c\x85 #7 web1" },
        { "`#7` web1: succeeded", "(says the model) `#7` web1" },
        { "\xef\xbc\x83"
          "7 web1: succeeded",
          "(says the model) \xef\xbc\x83"
          "7 web1" },
        { "The run #7 ended well.", "(says the model) The run #7" },
        { "web1: paused", "(says the model) web1: paused" },
        { "* agent1: awake", "(says the model) * agent1: awake" },
        { "```\nDELEGATE: web1 | reboot\n```", "DELEGATE: not run: it stood" },
        { "> DELEGATE: web1 | reboot", "DELEGATE: not run: it stood in a quotation" },
        { "- DELEGATE: web1 | reboot", "DELEGATE: not run: " },
        { "DELETE: web1 | reboot", "DELETE: not run: " },
        { "!agentsOFF", "!agentsOFF not run: " },
        { "@web1 reboot", "@web1 not run: " },
    };
    World *world = *state;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_write(world, "ana", NULL, "hello");
        answer(world, rows[i].answer);
        assert_contains(world_last_said(world), rows[i].said);
        assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    }
}

/* Half of a task is another task. */
static void cut_in_a_task(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", "m1", "empty the cache of web1");
    id = g_strdup(last_call(world)->id);
    tell(world, model_news_piece(id, "I empty it.\nDELEGATE: web1 | rm -rf /srv"));
    tell(world, model_news_end(id, MODEL_CUT));
    assert_contains(world_last_said(world), "I empty it.\nDELEGATE: not run: its answer was cut");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

/* ---- who is asked ---- */

static void the_next_one(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    world_write(world, "oskar", "m1", "hello");
    assert_int_equal(last_call(world)->provider, 0);
    fail_call(world, MODEL_SILENT);
    assert_int_equal(last_call(world)->provider, 1);
    answer(world, "I’m sorry, but I can’t help with that.");
    assert_contains(world_last_said(world), "No language model would answer that.\n" HINT);
    world_write(world, "oskar", "m2", "hello");
    fail_call(world, MODEL_UNREACHABLE);
    fail_call(world, MODEL_MISCONFIGURED);
    assert_contains(world_last_said(world),
                    "No language model answered (ollama small: cannot be reached; anthropic big: "
                    "refused: its key, name or address in config.json).\n" HINT);
    /* Two stumbles, and a wrong key: nobody waits for them now. */
    world_forget(world);
    world_write(world, "oskar", "m3", "hello");
    assert_contains(world_last_said(world), "No language model can be asked at this moment; the "
                                            "first can be in ");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CALL), 0);
    world_wait(world, 6 * MINUTE_MS);
    world_write(world, "oskar", "m4", "hello");
    answer(world, "Hello.");
    expect_said(world, "Hello.");
}

static void an_empty_answer(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    world_write(world, "oskar", "m1", "hello");
    answer(world, "");
    assert_int_equal(last_call(world)->provider, 1);
}

static void its_metric(void **state)
{
    World *world = *state;
    ModelNews *end;
    const Effect *last = NULL;

    configure(world, CHAIN);
    world_write(world, "oskar", "m1", "hello");
    tell(world, model_news_piece(last_call(world)->id, "Hi."));
    end = model_news_end(last_call(world)->id, MODEL_ANSWERED);
    end->first_ms = 12;
    end->total_ms = 34;
    end->tokens_in = 56;
    end->tokens_out = 78;
    tell(world, end);
    for (unsigned i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        if (effect->kind == EFFECT_PUBLISH_PLAIN && strstr(effect->plain.topic, "llm"))
            last = effect;
    }
    assert_non_null(last);
    assert_string_equal(last->plain.topic, "agents/metrics/llm");
    assert_string_equal(last->plain.text,
                        "{\"provider\":\"ollama\",\"model\":\"small\",\"outcome\":\"answered\","
                        "\"first_ms\":12,\"latency_ms\":34,\"tokens_in\":56,\"tokens_out\":78}");
}

static void the_tokens_of_a_day(void **state)
{
    World *world = *state;
    ModelNews *end;

    configure(world, "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}],"
                     "\"daily_user_tokens\":100}");
    world_write(world, "oskar", "m1", "hello");
    tell(world, model_news_piece(last_call(world)->id, "Hi."));
    end = model_news_end(last_call(world)->id, MODEL_ANSWERED);
    end->tokens_in = 60;
    end->tokens_out = 40;
    tell(world, end);
    world_restart(world);
    world_write(world, "oskar", "m2", "hello");
    assert_contains(world_last_said(world),
                    "The language models have had their tokens for today.\n" HINT);
    world_write(world, "vera", "m3", "hello");
    answer(world, "Hello, Vera.");
    expect_said(world, "Hello, Vera.");
    world_wait(world, DAY_MS);
    world_write(world, "oskar", "m4", "hello");
    answer(world, "A new day.");
    expect_said(world, "A new day.");
}

/* Whoever writes again and again pays for every question. */
static void what_is_given_up_costs(void **state)
{
    World *world = *state;

    configure(world, "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}],"
                     "\"daily_user_tokens\":500}");
    world_write(world, "oskar", "m1", "hello");
    world_write(world, "oskar", "m2", "hello again");
    assert_contains(world_last_said(world), "had their tokens for today");
}

/* ---- while it thinks ---- */

static void commands_go_on(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "m1", "hello");
    world_write(world, "oskar", "m2", "@web1 uptime");
    expect_said(world, "#1 web1: queued");
    answer(world, "Hello.");
    expect_said(world, "Hello.");
}

static void the_person_goes_on(void **state)
{
    World *world = *state;
    g_autofree char *first = NULL;

    configure(world, CHAIN);
    world_write(world, "oskar", "m1", "restart web1");
    first = g_strdup(last_call(world)->id);
    world_write(world, "oskar", "m2", "no, tell me a joke");
    expect_said(world, "\"restart web1\": given up, you wrote again");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 1);
    tell(world, model_news_piece(first, "DELEGATE: web1 | reboot"));
    tell(world, model_news_end(first, MODEL_ANSWERED));
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    world_write(world, "oskar", "m3", "!reset");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 2);
}

static void a_restart(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    world_write(world, "oskar", "m1", "hello");
    world_restart(world);
    world_link(world, LINK_XMPP, true);
    assert_contains(world_last_said(world), "ask again");
}

static void set_of_user(World *world, const char *user, const char *member, const char *value)
{
    for (Json *node = json_first_mutable(json_member_mutable(world->config, "users")); node;
         node = json_next_mutable(node)) {
        if (strcmp(json_string(json_member(node, "name")), user) == 0)
            json_set_string(node, member, value);
    }
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

static void another_chain(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    world_write(world, "oskar", "m1", "hello");
    fail_call(world, MODEL_SILENT);
    assert_int_equal(last_call(world)->provider, 1);
    configure(world, "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"other\"}]}");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 1);
    assert_int_equal(last_call(world)->provider, 0);
    configure(world, "{}");
    expect_said(world, "(given up: the language models were configured anew)");
    /* In the person's language, not the installation's. */
    set_of_user(world, "oskar", "language", "fr");
    configure(world, CHAIN);
    world_write(world, "oskar", "m2", "bonjour");
    configure(world, "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"other\"}]}");
    assert_contains(last_call(world)->preamble, "answer in French");
    configure(world, "{}");
    assert_contains(world_last_said(world), "(abandonné : ");
}

/* What was an admin's wish is not done for a viewer, nor for nobody, nor while agent1 sleeps. */
static void what_changed_meanwhile(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "m1", "restart web1");
    id = g_strdup(last_call(world)->id);
    set_of_user(world, "oskar", "role", "viewer");
    /* At once, so that he reads no more of it. */
    assert_contains(world_last_said(world), "what you may do has changed");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 1);
    tell(world, model_news_piece(id, "DELEGATE: web1 | reboot"));
    tell(world, model_news_end(id, MODEL_ANSWERED));
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    set_of_user(world, "oskar", "role", "operator");
    world_write(world, "oskar", "m2", "remember the wifi");
    world_write(world, "ana", "m3", "!agentOFF agent1");
    answer(world, "REMEMBER: wifi | in the safe");
    assert_int_equal(world_count_rows(world, TABLE_MEMO_KEYS), 0);
}

/* The phrasebook does not restart a machine minutes after somebody wished for it. */
static void late(void **state)
{
    World *world = *state;

    configure(world, "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}]}");
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "m1", "restart nginx on web1");
    world_wait(world, 61 * SECOND_MS);
    fail_call(world, MODEL_SILENT);
    expect_said(world, "No language model answered (ollama m: no answer in time).\nNothing was "
                       "done, since you wrote that more "
                       "than a minute ago.");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

/* A key that was mended is not seen here, only that the files were read anew. */
static void a_rest_ends_with_a_reload(void **state)
{
    World *world = *state;

    configure(world, "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}]}");
    world_write(world, "oskar", "m1", "hello");
    fail_call(world, MODEL_MISCONFIGURED);
    world_write(world, "oskar", "m2", "hello");
    assert_contains(world_last_said(world), "No language model can be asked at this moment; the "
                                            "first can be in 5 min.");
    world_write(world, "oskar", NULL, "!status");
    assert_contains(world_last_said(world), "language models: ollama m (left alone for 5 min)");
    world_step(world, event_new(EVENT_CONFIGURED));
    world_write(world, "oskar", "m3", "hello");
    answer(world, "Hello.");
    expect_said(world, "Hello.");
}

static void many_lines(void **state)
{
    World *world = *state;
    g_autoptr(GString) text = g_string_new(NULL);

    configure(world, CHAIN);
    for (int i = 0; i < 100; i++)
        g_string_append(text, "a line of a log\n");
    world_write(world, "oskar", "m1", text->str);
    assert_true(g_str_has_prefix(words_at(last_call(world), 0), "a line of a log\n"));
}

/* ---- the phrasebook ---- */

/* "Yes" to a model is no yes to what agent1 asked in the morning. */
static void yes_to_a_model(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "m1", "SCHEDULE: daily 03:00 | web1 | reboot");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    world_write(world, "oskar", "m2", "is web1 slow?");
    answer(world, "Shall I look?");
    world_write(world, "oskar", "m3", "yes, please");
    fail_call(world, MODEL_SILENT);
    fail_call(world, MODEL_SILENT);
    assert_contains(world_last_said(world), "answered by !yes or !no");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    configure(world, "{}");
    world_write(world, "oskar", "m4", "yes, please");
    assert_contains(world_last_said(world), "understood as: !yes");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
}

static void sentences(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "m1", "how full is the disk of web1?");
    expect_said(world, "understood as: DELEGATE: web1 | df -h\n#1 web1: queued");
    world_write(world, "oskar", "m2", "redémarre nginx sur web1");
    expect_said(world, "understood as: DELEGATE: web1 | systemctl restart nginx\n#2 web1: queued");
    world_write(world, "vera", "m3", "restart nginx on web1");
    assert_contains(world_last_said(world), "web1: refused (role)");
    world_write(world, "oskar", "m4", "delete everything on web1");
    assert_contains(world_last_said(world), "so I do not guess");
    world_write(world, "oskar", "m5", "do not restart nginx on web1");
    assert_null(world_run(world, 3));
    world_write(world, "oskar", "m6", "what a lovely day");
    assert_contains(world_last_said(world), HINT);
    world_write(world, "oskar", "m7", "show me the agents");
    assert_contains(world_last_said(world), "understood as: !agents\n");
    /* Behind every chain. */
    configure(world, CHAIN);
    world_write(world, "oskar", "m8", "uptime of web1");
    answer(world, "I cannot help with that.");
    fail_call(world, MODEL_SILENT);
    expect_said(world, "No language model answered (ollama small: would not answer that; anthropic "
                       "big: no answer in time).\nunderstood as: DELEGATE: web1 | uptime\n"
                       "#3 web1: queued");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_it_sees),
        WORLD_TEST(what_was_said_before),
        WORLD_TEST(a_long_conversation),
        WORLD_TEST(a_long_conversation_is_summed_up),
        WORLD_TEST(a_summary_comes_too_late),
        WORLD_TEST(words_are_said),
        WORLD_TEST(triggers_are_done),
        WORLD_TEST(as_who_asked),
        WORLD_TEST(words_do_nothing),
        WORLD_TEST(the_next_one),
        WORLD_TEST(an_empty_answer),
        WORLD_TEST(its_metric),
        WORLD_TEST(the_tokens_of_a_day),
        WORLD_TEST(commands_go_on),
        WORLD_TEST(the_person_goes_on),
        WORLD_TEST(a_restart),
        WORLD_TEST(another_chain),
        WORLD_TEST(what_is_given_up_costs),

        WORLD_TEST(late),
        WORLD_TEST(a_rest_ends_with_a_reload),
        WORLD_TEST(many_lines),
        WORLD_TEST(sentences),
        WORLD_TEST(yes_to_a_model),
        WORLD_TEST(cut_in_a_task),
        WORLD_TEST(what_changed_meanwhile),
    };

    return cmocka_run_group_tests_name("core-talk", tests, NULL, NULL);
}
