/* Who may say what to agent1: one row for each way in which sender, name, topic and kind of a
 * message may fail to agree. */
#include "agent1/flow/admission.h"

#include "core-world.h"

#include "common/base/banned.h"

/* As it should be: web1's key is 1, web2's is 2, ana's is 10; 99 is nobody's. */
typedef struct Case {
    const char *what;
    MessageKind kind;
    TopicKind topic;
    const char *topic_name; /* NULL: none */
    uint8_t key;
    bool is_sealed;
    const char *from;
    const char *name; /* in register and status; NULL: none */
    const char *journal;
    const char *why; /* NULL: admitted */
} Case;

#define INBOX    TOPIC_KIND_AGENT1_INBOX
#define REGISTER TOPIC_KIND_REGISTER
#define STATUS   TOPIC_KIND_STATUS
#define ERRORS   TOPIC_KIND_ERRORS
#define J1       JOURNAL_1

static const Case cases[] = {
    /* clang-format off */
    /* Chat: any key may write; chat.c asks whose it is. */
    { "a user's chat", MESSAGE_CHAT, INBOX, NULL, 10, true, SESSION, NULL, NULL, NULL },
    { "a stranger's chat", MESSAGE_CHAT, INBOX, NULL, 99, true, SESSION, NULL, NULL, NULL },
    { "chat on another topic", MESSAGE_CHAT, REGISTER, NULL, 10, true, SESSION, NULL, NULL, "wrong topic" },
    { "chat in the clear", MESSAGE_CHAT, INBOX, NULL, 10, false, SESSION, NULL, NULL, "not sealed" },
    /* Register: any key may ask. */
    { "an agent registers", MESSAGE_REGISTER, REGISTER, NULL, 1, false, "web1", "web1", J1, NULL },
    { "a stranger registers", MESSAGE_REGISTER, REGISTER, NULL, 99, false, "db1", "db1", J1, NULL },
    { "register on the inbox", MESSAGE_REGISTER, INBOX, NULL, 1, true, "web1", "web1", J1, "wrong topic" },
    { "register from another", MESSAGE_REGISTER, REGISTER, NULL, 1, false, "web2", "web1", J1, "from and name differ" },
    { "register without a name", MESSAGE_REGISTER, REGISTER, NULL, 1, false, "web1", NULL, J1, "no agent's name" },
    { "register as a word of topics", MESSAGE_REGISTER, REGISTER, NULL, 99, false, "agent1", "agent1", J1, "no agent's name" },
    { "register with a wild name", MESSAGE_REGISTER, REGISTER, NULL, 99, false, "a/b", "a/b", J1, "no agent's name" },
    { "register without a journal", MESSAGE_REGISTER, REGISTER, NULL, 1, false, "web1", "web1", NULL, "names no journal" },
    { "a journal that is no ULID", MESSAGE_REGISTER, REGISTER, NULL, 1, false, "web1", "web1", "J1", "names no journal" },
    /* Status: key, from, name and topic are one agent's. */
    { "a status", MESSAGE_STATUS, STATUS, "web1", 1, false, "web1", "web1", J1, NULL },
    { "on another's topic", MESSAGE_STATUS, STATUS, "web2", 1, false, "web1", "web1", J1, "topic is another agent's" },
    { "of another", MESSAGE_STATUS, STATUS, "web1", 1, false, "web1", "web2", J1, "topic is another agent's" },
    { "from another", MESSAGE_STATUS, STATUS, "web1", 1, false, "web2", "web1", J1, "key is another agent's" },
    { "with another's key", MESSAGE_STATUS, STATUS, "web1", 2, false, "web1", "web1", J1, "key is another agent's" },
    { "with nobody's key", MESSAGE_STATUS, STATUS, "web1", 99, false, "web1", "web1", J1, "no accepted agent's" },
    { "with a user's key", MESSAGE_STATUS, STATUS, "web1", 10, false, "web1", "web1", J1, "no accepted agent's" },
    { "on the inbox", MESSAGE_STATUS, INBOX, NULL, 1, true, "web1", "web1", J1, "wrong topic" },
    { "without a journal", MESSAGE_STATUS, STATUS, "web1", 1, false, "web1", "web1", NULL, "names no journal" },
    /* What agents say of runs. */
    { "an ack", MESSAGE_ACK, INBOX, NULL, 1, true, "web1", NULL, J1, NULL },
    { "an answer", MESSAGE_ANSWER, INBOX, NULL, 1, true, "web1", NULL, J1, NULL },
    { "progress", MESSAGE_PROGRESS, INBOX, NULL, 1, true, "web1", NULL, J1, NULL },
    { "a result", MESSAGE_RESULT, INBOX, NULL, 1, true, "web1", NULL, J1, NULL },
    { "an error", MESSAGE_ERROR, ERRORS, NULL, 1, true, "web1", NULL, J1, NULL },
    { "an ack in the clear", MESSAGE_ACK, INBOX, NULL, 1, false, "web1", NULL, J1, "not sealed" },
    { "a result in the clear", MESSAGE_RESULT, INBOX, NULL, 1, false, "web1", NULL, J1, "not sealed" },
    { "an answer with another's key", MESSAGE_ANSWER, INBOX, NULL, 2, true, "web1", NULL, J1, "key is another agent's" },
    { "a result with a user's key", MESSAGE_RESULT, INBOX, NULL, 10, true, "web1", NULL, J1, "no accepted agent's" },
    { "progress with nobody's key", MESSAGE_PROGRESS, INBOX, NULL, 99, true, "web1", NULL, J1, "no accepted agent's" },
    { "a result on a status topic", MESSAGE_RESULT, STATUS, "web1", 1, true, "web1", NULL, J1, "wrong topic" },
    { "an error on the inbox", MESSAGE_ERROR, INBOX, NULL, 1, true, "web1", NULL, J1, "wrong topic" },
    { "an error in the clear", MESSAGE_ERROR, ERRORS, NULL, 1, false, "web1", NULL, J1, "not sealed" },
    { "a result without a journal", MESSAGE_RESULT, INBOX, NULL, 1, true, "web1", NULL, NULL, "names no journal" },
    { "a result from nobody", MESSAGE_RESULT, INBOX, NULL, 1, true, NULL, NULL, J1, "key is another agent's" },
    /* What only agent1 says. */
    { "a task", MESSAGE_TASK, INBOX, NULL, 1, true, "web1", NULL, J1, "nobody says this" },
    { "a control", MESSAGE_CONTROL, INBOX, NULL, 10, true, "web1", NULL, J1, "nobody says this" },
    { "a reply", MESSAGE_REPLY, INBOX, NULL, 10, true, SESSION, NULL, NULL, "nobody says this" },
    /* clang-format on */
};

static Event *make_event(const Case *row)
{
    Event *event = event_new(EVENT_MESSAGE);
    Message *message = message_new(row->kind, WORLD_MESSAGE_ID, row->from, WORLD_START_MS);

    message->journal = g_strdup(row->journal);
    if (row->kind == MESSAGE_REGISTER)
        message->registration.name = g_strdup(row->name);
    if (row->kind == MESSAGE_STATUS)
        message->status.name = g_strdup(row->name);
    event->message.topic = row->topic;
    event->message.topic_name = g_strdup(row->topic_name);
    event->message.sender = world_key(row->key);
    event->message.is_sealed = row->is_sealed;
    event->message.message = message;
    return event;
}

/* A core that is configured and nothing else: judging needs no more. */
static World *quiet_world(const char *config)
{
    World *world = world_new();

    if (config) {
        g_autofree char *text = json_print(world->config);
        g_auto(GStrv) parts = g_strsplit(text, "\"url\":", 2);
        g_autofree char *changed = g_strjoinv(config, parts);

        json_free(world->config);
        world->config = world_json(changed);
        world_configure(world);
    }
    return world;
}

static void who_may_say_what(void **state)
{
    World *world = quiet_world(NULL);
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Event) event = make_event(&cases[i]);
        const char *why = admission_judge(world->core, &event->message);

        if ((why == NULL) != (cases[i].why == NULL) || (why && !strstr(why, cases[i].why)))
            fail_msg("%s: %s", cases[i].what, why ? why : "admitted");
    }
    world_free(world);
}

/* With mqtt.seal false, for debugging, clear frames are as good; all else stays. */
static void without_seals(void **state)
{
    World *world = quiet_world("\"seal\":false,\"url\":");
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Event) event = make_event(&cases[i]);
        const char *why = admission_judge(world->core, &event->message);
        bool is_admitted = cases[i].why == NULL || strcmp(cases[i].why, "not sealed") == 0;

        if ((why == NULL) != is_admitted)
            fail_msg("%s: %s", cases[i].what, why ? why : "admitted");
    }
    world_free(world);
}

/* What is refused changes nothing but a count, and one line of audit a minute. */
static void refused_messages_change_nothing(void **state)
{
    World *world = quiet_world(NULL);
    Event *tick = event_new(EVENT_TICK);
    unsigned refused = 0;
    unsigned i;

    (void)state;
    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    for (i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        const Case *row = &cases[i % G_N_ELEMENTS(cases)];

        if (!row->why)
            continue;
        world_step(world, make_event(row));
        refused++;
    }
    assert_int_equal(world->sent->len, 0);
    assert_int_equal(world->said->len, 0);
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 0);
    assert_in_range(world->audit->len, 7, 12); /* one for each reason */
    /* Those that the gateway refused, forged ones, count as well. */
    tick->turned_away = 1000;
    world_step(world, tick);
    world_write(world, "vera", NULL, "!status");
    {
        g_autofree char *line = g_strdup_printf("refused messages since start: %u", refused + 1000);

        assert_contains(world_last_said(world), line);
    }
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_say_what),
        cmocka_unit_test(without_seals),
        cmocka_unit_test(refused_messages_change_nothing),
    };

    return cmocka_run_group_tests_name("admission", tests, NULL, NULL);
}
