#include "agent1/cli/audit.h"

#include <string.h>

#include "common/base/timestamp.h"
#include "common/sys/clock.h"
#include "common/wire/command.h"

#include "common/base/banned.h"

#define SOUND "The audit is sound: "
#define HEAD  ", head "
#define ROW   "row "

/* The hash at the beginning of a text; out stays "" when there is none. */
static void read_hash(const char *text, char *out)
{
    g_autofree char *hash = g_strndup(text, AUDIT_HEAD_CHARS);

    if (audit_hash_is_valid(hash))
        g_strlcpy(out, hash, AUDIT_HEAD_CHARS + 1);
}

static void read_sound(const char *line, AuditAnswer *out)
{
    char *end = NULL;
    int64_t rows = g_ascii_strtoll(line + strlen(SOUND), &end, 10);

    const char *head = strstr(end, HEAD);

    if (rows < 0 || !head || !g_str_has_prefix(end, " row"))
        return;

    read_hash(head + strlen(HEAD), out->head);
    if (*out->head != '\0')
        out->rows = rows;
}

void audit_answer_read(const char *text, AuditAnswer *out)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    *out = (AuditAnswer){ .rows = -1 };
    for (unsigned i = 0; lines[i]; i++) {
        const char *colon = strstr(lines[i], ": ");

        if (g_str_has_prefix(lines[i], SOUND))
            read_sound(lines[i], out);
        else if (g_str_has_prefix(lines[i], ROW) && colon)
            read_hash(colon + 2, out->row_hash);
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
