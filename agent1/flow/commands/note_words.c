#include "agent1/flow/commands/note_words.h"

#include <string.h>

#include "common/base/text.h"
#include "common/base/banned.h"

#define KEYS_SHOWN 3

char *note_words_origin(const Core *core, const Row *row)
{
    g_autofree char *at = core_local_time(core, row_int(row, MEMORIES_CHANGED));

    if (g_strcmp0(row_text(row, MEMORIES_HOW), HOW_MODEL) == 0)
        return g_strdup_printf(core_words(core, "a model for %s, %s"), row_text(row, MEMORIES_USER),
                               at);
    return g_strdup_printf("%s, %s", row_text(row, MEMORIES_USER), at);
}

char *note_words_nearest(const Core *core, const Speaker *speaker, const char *typed)
{
    g_autoptr(GPtrArray) rows = notes_seen(core, speaker);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_autoptr(GPtrArray) nearest = NULL;
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < rows->len; i++)
        g_ptr_array_add(keys, (void *)(guintptr)row_text(rows->pdata[i], MEMO_KEYS_KEY));
    g_ptr_array_add(keys, NULL);
    nearest = text_nearest(typed, (const char *const *)keys->pdata, KEYS_SHOWN);
    for (i = 0; i < nearest->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : core_words(core, "; nearest: "),
                               (const char *)nearest->pdata[i]);
    if (nearest->len == 0 && rows->len > 0)
        g_string_append_printf(text,
                               rows->len == 1 ? core_words(core, "; %u key is kept")
                                              : core_words(core, "; %u keys are kept"),
                               rows->len);
    return g_string_free(text, FALSE);
}
