/* Effects: kept in order, with copies of what was said, each releasing what it owns. */
#include "agent1/port/effect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const Effect *at(const Effects *effects, unsigned index)
{
    assert_true(index < effects->list->len);
    return effects->list->pdata[index];
}

/* One of each kind, in the order of the enum. */
static Effects *one_of_each(void)
{
    Effects *effects = effects_new();
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    Row *row = row_new(TABLE_META);
    char jid[] = "ana@example.org";
    const XmppAct act = { .kind = XMPP_ACT_RECEIPT, .jid = jid };

    row_set_text(row, META_NAME, "epoch");
    g_ptr_array_add(keys, g_strdup("k1"));
    effects_put(effects, row);
    effects_delete(effects, TABLE_CHATS, "c1");
    effects_audit(effects, 5, "run", "ana@example.org", "web1", "r1", "#%d %s", 1, "queued");
    effects_query(effects, 9, QUERY_RUNS_RECENT, NULL, 3, 20);
    effects_publish(effects, "agents/web1/inbox", "k1", true,
                    message_new(MESSAGE_TASK, "t1", "agent1", 5));
    effects_publish_plain(effects, "agents/status/web1", "", true);
    effects_listen(effects, "l1", "home/+/state");
    effects_say(effects, "s1", "ana@example.org", "hi", WORDS_ANSWER);
    effects_xmpp(effects, &act);
    effects_trust(effects, keys);
    effects_update(effects, "/opt/agent1", NULL);
    effects_model_call(effects, model_call_new("m1", 0));
    effects_model_cancel(effects, "m1");
    effects_page_call(effects, page_call_new("p1", PAGE_READ, "example.org"));
    effects_page_cancel(effects, "p1");
    effects_embed(effects, embed_call_new("v1", 1000));
    effects_edit_file(effects, "e1", "agents_registry.json", "web1", "{}", true);
    effects_log(effects, EFFECT_LOG_NOTICE, "r1", NULL, "%s", "100 %");
    return effects;
}

static void appended_in_order(void **state)
{
    Effects *effects = one_of_each();
    unsigned i;

    (void)state;
    assert_int_equal(effects->list->len, EFFECT_LOG + 1);
    for (i = 0; i < effects->list->len; i++) {
        assert_int_equal(at(effects, i)->kind, i);
        assert_int_equal(effect_is_stored(at(effects, i)), i <= EFFECT_AUDIT);
    }
    assert_string_equal(row_text(at(effects, EFFECT_PUT)->row, META_NAME), "epoch");
    assert_int_equal(at(effects, EFFECT_DELETE)->removal.table, TABLE_CHATS);
    assert_string_equal(at(effects, EFFECT_DELETE)->removal.key, "c1");
    assert_string_equal(at(effects, EFFECT_AUDIT)->audit.text, "#1 queued");
    assert_int_equal(at(effects, EFFECT_AUDIT)->audit.at_ms, 5);
    assert_int_equal(at(effects, EFFECT_QUERY)->query.cookie, 9);
    assert_null(at(effects, EFFECT_QUERY)->query.text);
    assert_int_equal(at(effects, EFFECT_QUERY)->query.limit, 20);
    assert_true(at(effects, EFFECT_PUBLISH)->publish.is_sealed);
    assert_string_equal(at(effects, EFFECT_PUBLISH)->publish.peer, "k1");
    assert_null(at(effects, EFFECT_PUBLISH_PLAIN)->plain.id);
    assert_string_equal(at(effects, EFFECT_LISTEN)->listen.filter, "home/+/state");
    assert_string_equal(at(effects, EFFECT_SAY)->say.text, "hi");
    assert_string_equal(at(effects, EFFECT_XMPP)->act.jid, "ana@example.org");
    assert_string_equal(at(effects, EFFECT_UPDATE)->update.path, "/opt/agent1");
    assert_null(at(effects, EFFECT_UPDATE)->update.branch);
    assert_true(at(effects, EFFECT_EDIT_FILE)->edit.is_fill);
    assert_string_equal(at(effects, EFFECT_LOG)->log.text, "100 %");
    assert_null(at(effects, EFFECT_LOG)->log.agent);
    effects_free(effects);
    effects_free(NULL);
    effect_free(NULL);
}

static void texts_are_copied(void **state)
{
    g_autoptr(Effects) effects = effects_new();
    char text[] = "abc";

    (void)state;
    effects_say(effects, text, text, text, WORDS_ANSWER);
    effects_delete(effects, TABLE_CHATS, text);
    effects_publish_told(effects, text, text, text, false);
    effects_listen(effects, text, NULL);
    memset(text, 'x', 3);
    assert_string_equal(at(effects, 0)->say.jid, "abc");
    assert_string_equal(at(effects, 1)->removal.key, "abc");
    assert_string_equal(at(effects, 2)->plain.id, "abc");
    assert_string_equal(at(effects, 3)->listen.id, "abc");
    assert_null(at(effects, 3)->listen.filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended_in_order),
        cmocka_unit_test(texts_are_copied),
    };

    return cmocka_run_group_tests_name("effect", tests, NULL, NULL);
}
