/* Commands in the menus of clients: who sees which, and that a form types what a person would. */
#include "core-xmpp.h"

#include "common/base/banned.h"

static XmppForm *form_of(const char *node, const char *session)
{
    return xmpp_form_new(node, session);
}

/* Takes the form over. */
static void choose(World *world, const char *user, XmppForm *form)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = form ? XMPP_FACT_FORM : XMPP_FACT_FORM_LIST;
    event->fact.address = g_strdup_printf("%s@example.org/phone", user);
    event->fact.principal = g_strdup_printf("%s@example.org", user);
    event->fact.about = g_strdup("iq1");
    event->fact.form = form;
    world_forget(world);
    world_step(world, event);
}

static void submit(World *world, const char *user, const char *node, const char *session,
                   const char *first, const char *second)
{
    XmppForm *form = form_of(node, session);

    form->is_submitted = true;
    xmpp_form_add(form, "argument1", NULL, first, false);
    if (second)
        xmpp_form_add(form, "argument2", NULL, second, false);
    choose(world, user, form);
}

/* The only answer, which must be of this kind. */
static const XmppAct *answer(const World *world, XmppActKind kind)
{
    const XmppAct *act = world_last_act(world, kind);

    if (!act)
        fail_msg("no answer of the kind %d", (int)kind);
    assert_string_equal(act->about, "iq1");
    return act;
}

static bool lists(World *world, const char *user, const char *node)
{
    const XmppForm *list;
    unsigned i;

    choose(world, user, NULL);
    list = answer(world, XMPP_ACT_FORM_LIST)->form;
    for (i = 0; i < list->items->len; i++) {
        if (strcmp(((XmppFormItem *)list->items->pdata[i])->name, node) == 0)
            return true;
    }
    return false;
}

static void each_sees_what_he_may_do(void **state)
{
    World *world = *state;

    assert_true(lists(world, "vera", "status"));
    assert_false(lists(world, "vera", "cancel"));
    assert_false(lists(world, "vera", "DELEGATE"));
    assert_true(lists(world, "oskar", "DELEGATE"));
    assert_true(lists(world, "oskar", "cancel"));
    assert_false(lists(world, "oskar", "revoke"));
    assert_true(lists(world, "ana", "revoke"));
    assert_false(lists(world, "mallory", "status"));
    assert_int_equal(answer(world, XMPP_ACT_FORM_LIST)->form->items->len, 0);
}

static void what_takes_no_arguments_is_done_at_once(void **state)
{
    World *world = *state;
    const XmppAct *act;

    choose(world, "vera", form_of("status", NULL));
    act = answer(world, XMPP_ACT_FORM_DONE);
    assert_contains(act->text, "awake");
    assert_string_equal(act->jid, "vera@example.org/phone");
    assert_true(act->form->session && *act->form->session);
    assert_false(act->form->is_cancelled);
    /* The answer is there, and not in the chat as well. */
    assert_int_equal(world->said->len, 0);
}

static void a_task_by_a_form(void **state)
{
    World *world = *state;
    const XmppAct *act;
    g_autofree char *session = NULL;

    world_register(world, JOURNAL_1, 1);
    choose(world, "oskar", form_of("DELEGATE", NULL));
    act = answer(world, XMPP_ACT_FORM_ASK);
    assert_int_equal(act->form->items->len, 2);
    session = g_strdup(act->form->session);
    submit(world, "oskar", "DELEGATE", session, "web1", "true");
    assert_string_equal(answer(world, XMPP_ACT_FORM_DONE)->text, "#1 web1: queued");
    /* Its outcome is a message, as from every conversation. */
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    assert_string_equal(world_last_said(world), "#1 web1: succeeded (exit 0, 0.4 s)");
    /* The form comes once more. */
    submit(world, "oskar", "DELEGATE", session, "web1", "true");
    assert_contains(answer(world, XMPP_ACT_FORM_DONE)->text, "done before");
    assert_true(answer(world, XMPP_ACT_FORM_DONE)->form->is_cancelled);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

static void the_gate_is_the_same(void **state)
{
    World *world = *state;

    submit(world, "oskar", "DELEGATE", "s1", "nobody", "true");
    assert_contains(answer(world, XMPP_ACT_FORM_DONE)->text, "nobody: refused (unknown_agent)");
    assert_true(answer(world, XMPP_ACT_FORM_DONE)->form->is_cancelled);
    submit(world, "vera", "DELEGATE", "s2", "web1", "true");
    assert_string_equal(answer(world, XMPP_ACT_FORM_REFUSED)->text, "item-not-found");
    submit(world, "mallory", "status", "s3", "", NULL);
    assert_string_equal(answer(world, XMPP_ACT_FORM_REFUSED)->text, "forbidden");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void what_is_missing_is_asked_for(void **state)
{
    World *world = *state;

    submit(world, "oskar", "cancel", "s1", " ", NULL);
    assert_true(g_str_has_prefix(answer(world, XMPP_ACT_FORM_ASK)->text, "id is missing; "));
}

static void odd_forms(void **state)
{
    World *world = *state;
    XmppForm *form = form_of("cancel", "s1");

    form->is_cancelled = true;
    choose(world, "oskar", form);
    answer(world, XMPP_ACT_FORM_CANCELLED);
    choose(world, "oskar", form_of("nothing", NULL));
    assert_string_equal(answer(world, XMPP_ACT_FORM_REFUSED)->text, "item-not-found");
    choose(world, "oskar", form_of(NULL, NULL));
    assert_string_equal(answer(world, XMPP_ACT_FORM_REFUSED)->text, "item-not-found");
}

static void rows_from_the_store_come_as_the_answer(void **state)
{
    World *world = *state;

    world->is_store_slow = true;
    submit(world, "vera", "run", "s1", "1", NULL);
    assert_null(world_last_act(world, XMPP_ACT_FORM_DONE));
    world_answer_all(world);
    assert_contains(answer(world, XMPP_ACT_FORM_DONE)->text, "no such run");
}

/* Agents may take a minute: a form does not wait for them, and what they say is a message. */
static void agents_answer_by_a_message(void **state)
{
    World *world = *state;
    Message *message;

    world_register(world, JOURNAL_1, 1);
    submit(world, "oskar", "agentUPDATE", "s1", "web1", NULL);
    assert_string_equal(answer(world, XMPP_ACT_FORM_DONE)->text,
                        "asked; what they say comes as a message");
    message = message_new(MESSAGE_ANSWER, WORLD_MESSAGE_ID, "web1", world->now_ms);
    message->answer.in_reply_to = g_strdup(world_last_sent(world, MESSAGE_CONTROL)->id);
    message->answer.data = world_json("{\"problem\":\"no_git\"}");
    world_report(world, JOURNAL_1, message);
    assert_string_equal(world_last_said(world),
                        "web1: not known: the program git is not installed there");
    submit(world, "oskar", "agentUPDATE", "s2", "web2", NULL);
    assert_string_equal(answer(world, XMPP_ACT_FORM_DONE)->text,
                        "web2: not asked: it was not seen yet");
}

static void asleep_each_is_told(void **state)
{
    World *world = *state;
    int i;

    world_write(world, "ana", NULL, "!agentOFF agent1");
    for (i = 0; i < 2; i++) {
        choose(world, "vera", form_of("status", NULL));
        assert_contains(answer(world, XMPP_ACT_FORM_DONE)->text, "I am asleep");
    }
    submit(world, "ana", "agentON", "s1", "agent1", NULL);
    assert_contains(answer(world, XMPP_ACT_FORM_DONE)->text, "awake");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(each_sees_what_he_may_do),
        WORLD_TEST(what_takes_no_arguments_is_done_at_once),
        WORLD_TEST(a_task_by_a_form),
        WORLD_TEST(the_gate_is_the_same),
        WORLD_TEST(what_is_missing_is_asked_for),
        WORLD_TEST(odd_forms),
        WORLD_TEST(rows_from_the_store_come_as_the_answer),
        WORLD_TEST(agents_answer_by_a_message),
        WORLD_TEST(asleep_each_is_told),
    };

    return cmocka_run_group_tests_name("core-forms", tests, NULL, NULL);
}
