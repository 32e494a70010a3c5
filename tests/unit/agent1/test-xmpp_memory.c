/* libstrophe's memory is counted to the byte, and the deepest stanza that fits does not overflow
 * the stack. */
#include "agent1/edge/xmpp_memory.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_count(void **state)
{
    XmppMemory memory;
    xmpp_ctx_t *ctx;
    xmpp_stanza_t *stanza;
    size_t used_bytes;

    (void)state;

    xmpp_memory_init(&memory);
    ctx = xmpp_ctx_new(&memory.hooks, NULL);
    used_bytes = memory.used_bytes;
    assert_true(used_bytes > 0);
    stanza = xmpp_stanza_new_from_string(ctx, "<a b='c'><d/>text</a>");
    assert_true(memory.used_bytes > used_bytes);
    xmpp_stanza_release(stanza);
    assert_int_equal(memory.used_bytes, used_bytes);
    xmpp_ctx_free(ctx);
    assert_int_equal(memory.used_bytes, 0);
    assert_false(xmpp_memory_is_exceeded(&memory));
    memory.used_bytes = XMPP_MEMORY_MAX_BYTES;
    assert_false(xmpp_memory_is_exceeded(&memory));
    memory.used_bytes++;
    assert_true(xmpp_memory_is_exceeded(&memory));
}

/* LeakSanitizer would find what stays. */
static void test_clear(void **state)
{
    XmppMemory memory;
    xmpp_ctx_t *ctx;
    char *kept;

    (void)state;

    xmpp_memory_init(&memory);
    xmpp_memory_clear(&memory);
    ctx = xmpp_ctx_new(&memory.hooks, NULL);
    kept = memory.hooks.alloc(10, memory.hooks.userdata);
    memory.hooks.free(memory.hooks.alloc(20, memory.hooks.userdata), memory.hooks.userdata);
    memory.hooks.alloc(30, memory.hooks.userdata);
    kept[9] = 'x';
    kept = memory.hooks.realloc(kept, 100000, memory.hooks.userdata);
    assert_int_equal(kept[9], 'x');
    memory.hooks.realloc(NULL, 40, memory.hooks.userdata);
    memory.hooks.free(NULL, memory.hooks.userdata);
    xmpp_ctx_free(ctx);
    assert_true(memory.used_bytes > 0);
    xmpp_memory_clear(&memory);
    assert_int_equal(memory.used_bytes, 0);
}

/* Nests until the memory is used up, and frees it. */
static void *nest(void *data)
{
    XmppMemory *memory = data;
    xmpp_ctx_t *ctx = xmpp_ctx_new(&memory->hooks, NULL);
    xmpp_stanza_t *root = xmpp_stanza_new(ctx);
    xmpp_stanza_t *inner = root;
    char *text = NULL;
    size_t length;

    xmpp_stanza_set_name(root, "a");
    while (!xmpp_memory_is_exceeded(memory)) {
        xmpp_stanza_t *child = xmpp_stanza_new(ctx);

        /* No more than the parser makes of the shortest tag, in no namespace. */
        xmpp_stanza_set_name(child, "a");
        xmpp_stanza_add_child_ex(inner, child, 0);
        inner = child;
    }
    assert_int_equal(xmpp_stanza_to_text(root, &text, &length), XMPP_EOK);
    xmpp_free(ctx, text);
    xmpp_stanza_release(root);
    xmpp_ctx_free(ctx);

    return NULL;
}

static void test_stack(void **state)
{
    XmppMemory memory;
    pthread_attr_t attributes;
    pthread_t thread;

    (void)state;

    xmpp_memory_init(&memory);
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstacksize(&attributes, XMPP_STACK_BYTES), 0);
    assert_int_equal(pthread_create(&thread, &attributes, nest, &memory), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    assert_int_equal(memory.used_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_stack),
    };

    return cmocka_run_group_tests_name("xmpp_memory", tests, NULL, NULL);
}
