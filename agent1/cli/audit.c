#include "agent1/cli/audit.h"

#include <string.h>

#include "common/base/timestamp.h"
#include "common/sys/clock.h"
#include "common/wire/command.h"

#include "common/base/banned.h"

/* The number in a line and the hash at its end, whatever the language of the words between. */
static bool read_line(const char *line, int64_t *out_number, char *out_hash)
{
    const char *number = line + strcspn(line, "0123456789");
    const char *blank = strrchr(line, ' ');

    if (!blank || number >= blank || !audit_hash_is_valid(blank + 1))
        return false;
    *out_number = g_ascii_strtoll(number, NULL, 10);
    g_strlcpy(out_hash, blank + 1, AUDIT_HEAD_CHARS + 1);
    return true;
}

void audit_answer_read(const char *text, AuditAnswer *out)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    *out = (AuditAnswer){ .rows = -1 };
    for (unsigned i = 0; lines[i]; i++) {
        int64_t row;

        if (out->rows < 0)
            read_line(lines[i], &out->rows, out->head);
        else if (*out->row_hash == '\0')
            read_line(lines[i], &row, out->row_hash);
    }
}

char *audit_answer_judge(const AuditAnswer *answer, const SavedHead *saved)
{
    if (answer->rows < 0 || saved->row == 0)
        return NULL;
    if (answer->rows < saved->row)
        return g_strdup_printf("rows are missing: there are %" G_GINT64_FORMAT
                               " now, and row %" G_GINT64_FORMAT " was seen here",
                               answer->rows, saved->row);
    if (!g_str_equal(answer->row_hash, saved->hash))
        return g_strdup_printf("it is not the record that was seen here: the hash of row "
                               "%" G_GINT64_FORMAT " was %s, and is %s now",
                               saved->row, saved->hash,
                               *answer->row_hash ? answer->row_hash : "not told");
    return NULL;
}

static char *local_time(int64_t ms)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();

    return timestamp_local_with_zone(ms, clock_now_ms(), zone);
}

static int complain(const SavedHead *saved, const char *path, const char *what)
{
    g_autofree char *when = local_time(saved->saved_ms);

    printer_problem("the audit was CHANGED since %s: %s", when, what);
    printer_problem("what was seen stays saved in %s; if you know the reason, such as a new "
                    "database, remove it there",
                    path);
    return CLI_EXIT_FAILED;
}

static int conclude(Client *client, const char *path, const Key *agent1, const SavedHead *saved,
                    const AuditAnswer *answer)
{
    SavedHead head = { .row = answer->rows, .saved_ms = clock_now_ms() };
    g_autoptr(GError) error = NULL;
    g_autofree char *when = local_time(saved->saved_ms);

    if (saved->row > 0)
        printer_note(client_printer(client),
                     "row %" G_GINT64_FORMAT ", seen here %s, stands there unchanged", saved->row,
                     when);
    else
        printer_note(client_printer(client), "nothing was saved here to compare it with; the next "
                                             "agentctl audit verify compares with this head");
    g_strlcpy(head.hash, answer->head, sizeof(head.hash));
    if (head.row > 0 && !audit_heads_save(path, agent1, &head, &error)) {
        printer_problem("the head could not be saved: %s", error->message);
        return CLI_EXIT_FAILED;
    }

    return CLI_EXIT_OK;
}

int audit_verify(Client *client, const char *path, const Key *agent1)
{
    const char *word = command_info(COMMAND_AUDIT)->name;
    g_autoptr(GError) error = NULL;
    g_autofree char *question = NULL;
    g_autofree char *what = NULL;
    AuditAnswer answer;
    SavedHead saved;
    int code;

    if (!audit_heads_load(path, agent1, &saved, &error)) {
        printer_problem("%s", error->message);
        return CLI_EXIT_CONFIG;
    }
    question =
        saved.row > 0 ? g_strdup_printf("%s %" G_GINT64_FORMAT, word, saved.row) : g_strdup(word);
    code = client_ask(client, question);
    audit_answer_read(client_last_answer(client) ? client_last_answer(client) : "", &answer);
    what = audit_answer_judge(&answer, &saved);
    if (what)
        return complain(&saved, path, what);
    if (code != CLI_EXIT_OK)
        return code;
    if (answer.rows < 0) {
        printer_problem("agent1's answer is not understood: is it of another version?");
        return CLI_EXIT_FAILED;
    }

    return conclude(client, path, agent1, &saved, &answer);
}
