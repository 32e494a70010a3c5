/* Edits of a file that people edit too: several at a time, and one that cannot be done. */
#include "agent1/edge/file_editor.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/port/event.h"
#include "common/base/limits.h"
#include "common/data/json.h"
#include "common/sys/file.h"
#include "common/base/banned.h"

#define FILE_NAME "agents_registry.json"

static void free_event(void *event)
{
    event_free(event);
}

static void edit(FileEditor *editor, const char *id, const char *name, bool is_fill)
{
    file_editor_edit(editor,
                     &(EffectEditFile){ .id = (char *)(uintptr_t)id,
                                        .file = (char *)(uintptr_t)FILE_NAME,
                                        .name = (char *)(uintptr_t)name,
                                        .members = (char *)(uintptr_t) "{\"accepted\":true}",
                                        .is_fill = is_fill });
}

/* The answers, by id: "" or the error. */
static GHashTable *take_answers(Mailbox *events, unsigned count)
{
    GHashTable *answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    int64_t until_us = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

    while (g_hash_table_size(answers) < count) {
        g_autoptr(Event) event = mailbox_take(events);

        assert_true(g_get_monotonic_time() < until_us);
        if (!event) {
            g_usleep(1000);
            continue;
        }
        assert_int_equal(event->kind, EVENT_FILE_EDITED);
        g_hash_table_insert(answers, g_strdup(event->edited.id),
                            g_strdup(event->edited.error ? event->edited.error : ""));
    }
    return answers;
}

/* What somebody wrote for web1 is no object: web2's edit, which came with it, is done all the same.
 */
static void one_that_cannot_be_done_stops_no_other(void **state)
{
    static const char text[] = "{\"agents\":{\"web1\":true}}";
    g_autofree char *folder = g_dir_make_tmp("test-file_editor-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, FILE_NAME, NULL);
    Mailbox *events = mailbox_new(100, free_event);
    g_autoptr(GHashTable) answers = NULL;
    g_autofree char *written = NULL;
    g_autoptr(Json) root = NULL;
    FileEditor *editor;
    size_t length;

    (void)state;
    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    editor = file_editor_new(folder, events);
    edit(editor, "e1", "web1", true);
    edit(editor, "e2", "web2", true);
    edit(editor, "e3", "web3", false);
    answers = take_answers(events, 3);
    assert_string_equal(g_hash_table_lookup(answers, "e1"), FILE_NAME ": agents.web1 is no object");
    assert_string_equal(g_hash_table_lookup(answers, "e2"), "");
    assert_string_equal(g_hash_table_lookup(answers, "e3"), "");
    written = file_read(path, REGISTRY_MAX_BYTES, &length, NULL);
    root = json_parse(written, length, REGISTRY_MAX_BYTES, NULL);
    assert_non_null(json_member(json_member(root, "agents"), "web2"));
    assert_non_null(json_member(json_member(root, "agents"), "web3"));
    file_editor_free(editor);
    mailbox_free(events);
    assert_true(file_remove_tree(folder, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_cannot_be_done_stops_no_other),
    };

    return cmocka_run_group_tests_name("file_editor", tests, NULL, NULL);
}
