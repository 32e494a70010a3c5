#include "agent2/edge/refusal_notes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent2/folder/names.h"
#include "common/base/problem.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

#define SLOTS      16
#define SLOT_BYTES 4096 /* a NUL after the text, and zeros to the end */
#define SUM_CHARS  64

/* A slot: the checksum of the rest, a line each for the name and for the bytes of the claim, then
 * claim and meta. One that was half written has another sum, and was never told of. */
struct RefusalNotes {
    int fd; /* -1: there was no room for the file, and no note is possible */
    char slots[SLOTS][SLOT_BYTES + 1]; /* "": free */
};

/* ---- slots ------------------------------------------------------------------------------------
 */

static char *print_slot(const char *run, int64_t attempt, const RunClaim *claim, const char *meta)
{
    g_autofree char *claim_text = g_malloc0(RUN_CLAIM_MAX_BYTES + 1);
    g_autofree char *rest = NULL;
    g_autofree char *sum = NULL;
    char name[RUN_NAME_SIZE];
    size_t length;

    if (!run_claim_print(claim, claim_text, RUN_CLAIM_MAX_BYTES, &length))
        return NULL;

    run_name_print(name, run, attempt);
    rest = g_strdup_printf("%s\n%zu\n%.*s%s", name, length, (int)length, claim_text, meta);
    sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, rest, -1);
    return g_strdup_printf("%s\n%s", sum, rest);
}

/* NULL for one that is free or damaged. */
static WorkerFolder *parse_slot(const char *slot)
{
    const char *rest = strlen(slot) > SUM_CHARS ? slot + SUM_CHARS + 1 : "";
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, rest, -1);
    g_auto(GStrv) lines = g_strsplit(rest, "\n", 3);
    g_autoptr(WorkerFolder) folder = NULL;
    g_autofree char *claim = NULL;
    char run[RUN_ID_CHARS + 1];
    int64_t attempt;
    guint64 length;

    if (strncmp(slot, sum, SUM_CHARS) != 0 || g_strv_length(lines) != 3 ||
        !run_name_parse(lines[0], run, &attempt) ||
        !g_ascii_string_to_unsigned(lines[1], 10, 0, strlen(lines[2]), &length, NULL))
        return NULL;

    folder = worker_folder_new(run, attempt);
    claim = g_strndup(lines[2], length);
    if (run_claim_parse(claim, length, &folder->claim) != LINES_OK)
        return NULL;
    folder->is_noted = true;
    folder->facts.claim = folder->claim.kind;
    folder->meta = g_strdup(lines[2] + length);
    return g_steal_pointer(&folder);
}

static bool is_about(const char *slot, const char *run, int64_t attempt)
{
    g_autoptr(WorkerFolder) folder = *slot ? parse_slot(slot) : NULL;

    return folder && folder->attempt == attempt && strcmp(folder->run, run) == 0;
}

/* A claim of that kind stands there: what was told is not written over, which could tear it. */
static bool says_as_much(const char *slot, const RunClaim *claim)
{
    g_autoptr(WorkerFolder) folder = *slot ? parse_slot(slot) : NULL;

    return folder && folder->claim.kind == claim->kind;
}

/* The slot of this attempt, or, with may_be_free, one that is to be had; -1: none. */
static int find_slot(const RefusalNotes *notes, const char *run, int64_t attempt, bool may_be_free)
{
    int free_slot = -1;

    for (int i = 0; i < SLOTS; i++) {
        if (is_about(notes->slots[i], run, attempt))
            return i;
        if (notes->slots[i][0] == '\0')
            free_slot = i;
    }
    return may_be_free ? free_slot : -1;
}

/* ---- the file ---------------------------------------------------------------------------------
 */

/* Whole, or not at all: what is written into it later needs no room. */
static bool make_file(const char *path)
{
    g_autofree char *zeros = g_malloc0((size_t)SLOTS * SLOT_BYTES);

    return file_write_atomic(path, zeros, (size_t)SLOTS * SLOT_BYTES, 0600, NULL);
}

static bool write_slot(RefusalNotes *notes, int slot, const char *text, bool is_synced)
{
    char bytes[SLOT_BYTES] = { 0 };
    size_t length = strlen(text);
    bool is_written;

    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): zeros follow */
    memcpy(bytes, text, length);
    is_written =
        notes->fd >= 0 &&
        pwrite(notes->fd, bytes, sizeof bytes, (off_t)slot * SLOT_BYTES) == (ssize_t)sizeof bytes &&
        (!is_synced || fdatasync(notes->fd) == 0);
    /* One that may not be durable is written again. */
    memcpy(notes->slots[slot], bytes, is_written ? sizeof bytes : 0);
    return is_written;
}

bool refusal_notes_put(RefusalNotes *notes, const char *run, int64_t attempt, const RunClaim *claim,
                       const char *meta)
{
    g_autofree char *text = print_slot(run, attempt, claim, meta);
    int slot = find_slot(notes, run, attempt, true);

    if (!text || strlen(text) >= SLOT_BYTES || slot < 0)
        return false;
    return says_as_much(notes->slots[slot], claim) || write_slot(notes, slot, text, true);
}

void refusal_notes_drop(RefusalNotes *notes, const char *run, int64_t attempt)
{
    int slot = find_slot(notes, run, attempt, false);

    if (slot >= 0)
        write_slot(notes, slot, "", false);
}

void refusal_notes_list(const RefusalNotes *notes, GPtrArray *folders)
{
    for (int i = 0; i < SLOTS; i++) {
        WorkerFolder *folder = parse_slot(notes->slots[i]);

        if (folder)
            g_ptr_array_add(folders, folder);
    }
}

/* ---- life -------------------------------------------------------------------------------------
 */

static void read_slots(RefusalNotes *notes, const char *bytes)
{
    for (int i = 0; i < SLOTS; i++) {
        g_autoptr(WorkerFolder) folder = NULL;

        memcpy(notes->slots[i], bytes + (size_t)i * SLOT_BYTES, SLOT_BYTES);
        folder = parse_slot(notes->slots[i]);
        if (!folder)
            notes->slots[i][0] = '\0';
    }
}

RefusalNotes *refusal_notes_new(const char *path, GError **error)
{
    g_autoptr(RefusalNotes) notes = g_new0(RefusalNotes, 1);
    g_autoptr(GError) problem = NULL;
    g_autofree char *bytes = NULL;
    size_t length = 0;

    notes->fd = -1;
    bytes = file_read(path, (size_t)SLOTS * SLOT_BYTES, &length, &problem);
    if (!bytes && !g_error_matches(problem, PROBLEM, PROBLEM_MISSING) &&
        !g_error_matches(problem, PROBLEM, PROBLEM_LIMIT)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    if (length != (size_t)SLOTS * SLOT_BYTES)
        g_clear_pointer(&bytes, g_free);
    if (!bytes)
        make_file(path);

    notes->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (!bytes)
        return g_steal_pointer(&notes);
    if (notes->fd < 0 || fdatasync(notes->fd) != 0) {
        g_set_error(error, PROBLEM, (int)file_problem(errno), "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    read_slots(notes, bytes);
    return g_steal_pointer(&notes);
}

void refusal_notes_free(RefusalNotes *notes)
{
    if (!notes)
        return;

    if (notes->fd >= 0)
        close(notes->fd);
    g_free(notes);
}
