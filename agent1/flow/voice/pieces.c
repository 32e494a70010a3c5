#include "agent1/flow/voice/pieces.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

/* A fence of more backticks than this is text: it would leave no room for what it surrounds. */
#define FENCE_MIN_CHARS 3
#define FENCE_MAX_CHARS 40
/* So much of a block stands below its first fence at least. */
#define LINE_MIN_CHARS 80

typedef struct Cutter {
    GPtrArray *pieces;
    GString *piece;
    size_t max_bytes;
    char *fence; /* the one that is open; NULL: none */
} Cutter;

/* The backticks that this line is made of, or NULL. The caller owns it. */
static char *read_fence(const char *line, size_t length)
{
    size_t ticks = strspn(line, "`");

    return ticks == length && ticks >= FENCE_MIN_CHARS && ticks <= FENCE_MAX_CHARS
               ? g_strndup(line, ticks)
               : NULL;
}

/* What a piece needs behind the text, should it end now. */
static size_t closing_bytes(const Cutter *cutter)
{
    return cutter->fence ? 1 + strlen(cutter->fence) : 0;
}

static size_t room(const Cutter *cutter)
{
    size_t used = cutter->piece->len + (cutter->piece->len > 0) + closing_bytes(cutter);

    return used < cutter->max_bytes ? cutter->max_bytes - used : 0;
}

static void add_line(Cutter *cutter, const char *line, size_t length)
{
    if (cutter->piece->len > 0)
        g_string_append_c(cutter->piece, '\n');
    g_string_append_len(cutter->piece, line, (gssize)length);
}

static void end_piece(Cutter *cutter)
{
    if (cutter->fence)
        add_line(cutter, cutter->fence, strlen(cutter->fence));
    g_ptr_array_add(cutter->pieces, g_strdup(cutter->piece->str));
    g_string_truncate(cutter->piece, 0);
    if (cutter->fence)
        add_line(cutter, cutter->fence, strlen(cutter->fence));
}

/* The most of a line that has room, cut between characters. */
static size_t fitting(const char *line, size_t max)
{
    while (max > 0 && ((unsigned char)line[max] & 0xC0) == 0x80)
        max--;
    return max;
}

/* Whether there is more in the piece than the fence that it begins with. */
static bool is_begun(const Cutter *cutter)
{
    return cutter->piece->len > (cutter->fence ? strlen(cutter->fence) : 0);
}

static void take_text(Cutter *cutter, const char *line, size_t length)
{
    if (length > room(cutter) && is_begun(cutter))
        end_piece(cutter);
    while (length > room(cutter)) {
        size_t part = fitting(line, room(cutter));

        add_line(cutter, line, part);
        end_piece(cutter);
        line += part;
        length -= part;
    }
    add_line(cutter, line, length);
}

static void take_line(Cutter *cutter, const char *line, size_t length)
{
    g_autofree char *fence = read_fence(line, length);

    if (fence && cutter->fence && strcmp(fence, cutter->fence) == 0) {
        /* Its room was kept. */
        g_clear_pointer(&cutter->fence, g_free);
        add_line(cutter, line, length);
    } else if (fence && !cutter->fence) {
        if (room(cutter) < 2 * FENCE_MAX_CHARS + LINE_MIN_CHARS && cutter->piece->len > 0)
            end_piece(cutter);
        add_line(cutter, line, length);
        cutter->fence = g_steal_pointer(&fence);
    } else {
        take_text(cutter, line, length);
    }
}

GPtrArray *pieces_of(const char *text, size_t max_bytes)
{
    Cutter cutter = { .pieces = g_ptr_array_new_with_free_func(g_free), .max_bytes = max_bytes };
    const char *line = text;

    if (strlen(text) <= max_bytes) {
        g_ptr_array_add(cutter.pieces, g_strdup(text));
        return cutter.pieces;
    }

    cutter.piece = g_string_new(NULL);
    while (line) {
        const char *end = strchr(line, '\n');

        take_line(&cutter, line, end ? (size_t)(end - line) : strlen(line));
        line = end ? end + 1 : NULL;
    }
    if (is_begun(&cutter) || cutter.pieces->len == 0)
        end_piece(&cutter);
    g_string_free(cutter.piece, TRUE);
    g_free(cutter.fence);
    return cutter.pieces;
}
