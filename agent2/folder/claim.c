#include "agent2/folder/claim.h"

#include <stdio.h>
#include <string.h>

#include "common/base/banned.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const kind_names[CLAIM_KIND_COUNT] = {
    [CLAIM_NONE] = "none",
    [CLAIM_STARTED] = "started",
    [CLAIM_CANCELLED] = "cancelled",
    [CLAIM_EXPIRED] = "expired",
    [CLAIM_WINDOW_CLOSED] = "window_closed",
    [CLAIM_REJECTED] = "rejected",
    [CLAIM_UNREADABLE] = "unreadable",
};

static const LineNumber numbers[] = {
    { "at", offsetof(RunClaim, at_ms), 0, RUN_TIME_MAX_MS },
    { "shim", offsetof(RunClaim, shim), 0, INT32_MAX },
    { "leader", offsetof(RunClaim, leader), 0, INT32_MAX },
};

const char *claim_kind_name(ClaimKind kind)
{
    return kind_names[kind];
}

static bool kind_is_printable(ClaimKind kind)
{
    return kind > CLAIM_NONE && kind < CLAIM_UNREADABLE;
}

/* CLAIM_UNREADABLE for a word that no claim has. */
static ClaimKind kind_parse(const char *name)
{
    for (int kind = CLAIM_STARTED; kind_is_printable((ClaimKind)kind); kind++) {
        if (strcmp(name, kind_names[kind]) == 0)
            return (ClaimKind)kind;
    }

    return CLAIM_UNREADABLE;
}

/* Copies as much as fits, cut between UTF-8 characters. */
static void copy_text(char *out, size_t size, const char *text)
{
    size_t length = strnlen(text, size);

    if (length == size) {
        length--;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(out, text, length);
    out[length] = '\0';
}

void run_claim_init(RunClaim *claim, ClaimKind kind, const char *boot_id, int64_t at_ms,
                    const char *rule, const char *reason)
{
    *claim = (RunClaim){ .kind = kind, .at_ms = at_ms };
    copy_text(claim->boot_id, sizeof(claim->boot_id), boot_id);
    copy_text(claim->rule, sizeof(claim->rule), rule ? rule : "");
    copy_text(claim->reason, sizeof(claim->reason), reason ? reason : "");
}

static bool claim_is_valid(const RunClaim *claim)
{
    size_t rule = strspn(claim->rule, "abcdefghijklmnopqrstuvwxyz_");

    if (!kind_is_printable(claim->kind) || !boot_id_is_valid(claim->boot_id) ||
        claim->rule[rule] != '\0' || !lines_numbers_are_valid(numbers, COUNT(numbers), claim))
        return false;
    if (claim->kind == CLAIM_STARTED)
        return claim->shim > 0 && claim->leader > 0 && rule == 0;

    return claim->shim == 0 && claim->leader == 0 && (claim->kind != CLAIM_REJECTED || rule > 0);
}

bool run_claim_print(const RunClaim *claim, char *buffer, size_t size, size_t *out_length)
{
    LineWriter writer;

    if (!claim_is_valid(claim))
        return false;

    lines_begin(&writer, buffer, size);
    lines_put(&writer, "claim", kind_names[claim->kind]);
    lines_put(&writer, "boot", claim->boot_id);
    lines_put_numbers(&writer, numbers, COUNT(numbers), claim);
    lines_put(&writer, "rule", claim->rule);
    lines_put(&writer, "reason", claim->reason);

    if (writer.is_full)
        return false;
    *out_length = writer.length;
    return true;
}

/* A text that fits whole; otherwise nobody of ours wrote it. */
static void take_text(LineReader *reader, const char *key, char *out, size_t size)
{
    const char *text = lines_take(reader, key);

    if (strlen(text) >= size)
        lines_refuse(reader, key);
    copy_text(out, size, text);
}

LinesVerdict run_claim_parse(char *text, size_t length, RunClaim *out)
{
    LineReader reader;

    *out = (RunClaim){ .kind = CLAIM_UNREADABLE };
    lines_open(&reader, text, length);
    out->kind = kind_parse(lines_take(&reader, "claim"));
    take_text(&reader, "boot", out->boot_id, sizeof(out->boot_id));
    lines_take_numbers(&reader, numbers, COUNT(numbers), out);
    take_text(&reader, "rule", out->rule, sizeof(out->rule));
    take_text(&reader, "reason", out->reason, sizeof(out->reason));
    if (lines_close(&reader) == LINES_OK && !claim_is_valid(out))
        lines_refuse(&reader, "not a claim");

    if (reader.verdict != LINES_OK)
        out->kind = CLAIM_UNREADABLE;
    return reader.verdict;
}
