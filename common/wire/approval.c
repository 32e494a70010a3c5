#include "common/wire/approval.h"

#include <glib.h>
#include <string.h>

#include "common/base/banned.h"

/* No member but the last can hold an end of line: an id, a name, the name of a user, numbers. Each
 * carries its length all the same, so that no two subjects have one text. */
static void add(GString *text, const char *name, const char *value)
{
    const char *shown = value ? value : "";

    g_string_append_printf(text, "%s %" G_GSIZE_FORMAT " %s\n", name, strlen(shown), shown);
}

char *approval_hash(const ApprovalSubject *subject)
{
    g_autoptr(GString) text = g_string_new("agent/1 approval\n");

    add(text, "run", subject->run);
    add(text, "agent", subject->agent);
    add(text, "requested_by", subject->requested_by);
    g_string_append_printf(text, "timeout_s %" G_GINT64_FORMAT "\n", subject->timeout_s);
    g_string_append_printf(text, "idempotent %d\n", subject->is_idempotent);
    add(text, "task", subject->task);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}
