#include "common/sys/in_hand.h"

#include "common/base/limits.h"
#include "common/base/problem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/banned.h"

#define HASH_BYTES 32
#define SUSPECTS   16
#define MAGIC      UINT64_C(0x32646e61686e6961) /* "ainhand2" */
/* Its beginning, where the id stands, and its length tell a message from others: the page is one of
 * the kernel's, and no message is hashed before there was a crash. */
#define BEGINNING_BYTES ((size_t)3072)

typedef struct Suspect {
    uint8_t hash[HASH_BYTES];
    uint32_t crashes; /* in a row; 0: this row is free */
    uint32_t age;     /* rises with each crash anywhere, to find the row to give up */
} Suspect;

/* What stands in the file, in this host's byte order: it never leaves the host. */
typedef struct Page {
    uint64_t magic;
    uint32_t is_held;
    uint32_t age;
    uint64_t length; /* of the message in hand, while is_held */
    uint8_t beginning[BEGINNING_BYTES];
    Suspect suspects[SUSPECTS];
} Page;

struct InHand {
    Page *page;
};

static void hash_message(uint64_t length, const void *beginning, uint8_t out[HASH_BYTES])
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize hash_length = HASH_BYTES;

    g_checksum_update(checksum, (const guchar *)&length, sizeof length);
    g_checksum_update(checksum, beginning, (gssize)MIN(length, BEGINNING_BYTES));
    g_checksum_get_digest(checksum, out, &hash_length);
}

static bool has_suspects(const Page *page)
{
    for (size_t i = 0; i < SUSPECTS; i++) {
        if (page->suspects[i].crashes > 0)
            return true;
    }
    return false;
}

/* NULL: nobody crashed on it. */
static Suspect *find_suspect(Page *page, uint64_t length, const void *beginning)
{
    uint8_t hash[HASH_BYTES];

    if (!has_suspects(page))
        return NULL;

    hash_message(length, beginning, hash);
    for (size_t i = 0; i < SUSPECTS; i++) {
        Suspect *suspect = &page->suspects[i];

        if (suspect->crashes > 0 && memcmp(suspect->hash, hash, HASH_BYTES) == 0)
            return suspect;
    }
    return NULL;
}

/* A row for a new suspect: a free one, or the oldest. */
static Suspect *find_room(Page *page)
{
    Suspect *room = &page->suspects[0];

    for (size_t i = 0; i < SUSPECTS; i++) {
        Suspect *suspect = &page->suspects[i];

        if (suspect->crashes == 0)
            return suspect;
        if (suspect->age < room->age)
            room = suspect;
    }
    return room;
}

static void count_crash(Page *page)
{
    Suspect *suspect = find_suspect(page, page->length, page->beginning);

    if (!suspect) {
        suspect = find_room(page);
        memset(suspect, 0, sizeof *suspect);
        hash_message(page->length, page->beginning, suspect->hash);
    }
    suspect->crashes++;
    suspect->age = ++page->age;
    page->is_held = 0;
}

/* Whole pages on disk, so that no later write to the mapping finds the disk full. */
static bool reserve(int fd, const char *path, GError **error)
{
    int problem = posix_fallocate(fd, 0, sizeof(Page));

    if (problem == 0)
        return true;
    g_set_error(error, PROBLEM, problem == ENOSPC ? PROBLEM_FULL : PROBLEM_IO, "%s: %s", path,
                g_strerror(problem));
    return false;
}

static Page *map(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    void *page = MAP_FAILED;

    if (fd < 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    if (reserve(fd, path, error)) {
        page = mmap(NULL, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (page == MAP_FAILED)
            g_set_error(error, PROBLEM, PROBLEM_IO, "%s: %s", path, g_strerror(errno));
    }
    close(fd);
    return page == MAP_FAILED ? NULL : page;
}

InHand *in_hand_open(const char *path, GError **error)
{
    Page *page = map(path, error);
    InHand *in_hand;

    if (!page)
        return NULL;

    in_hand = g_new0(InHand, 1);
    in_hand->page = page;
    if (page->magic != MAGIC) {
        memset(page, 0, sizeof *page);
        page->magic = MAGIC;
    }
    if (page->is_held)
        count_crash(page);
    return in_hand;
}

void in_hand_free(InHand *in_hand)
{
    if (!in_hand)
        return;

    munmap(in_hand->page, sizeof *in_hand->page);
    g_free(in_hand);
}

bool in_hand_take(InHand *in_hand, const void *bytes, size_t length)
{
    Page *page = in_hand->page;
    const Suspect *suspect;

    ((volatile Page *)page)->is_held = 0;
    suspect = find_suspect(page, length, bytes);
    if (suspect && suspect->crashes >= CRASHES_BEFORE_SET_ASIDE)
        return false;

    page->length = length;
    memcpy(page->beginning, bytes, MIN(length, BEGINNING_BYTES));
    ((volatile Page *)page)->is_held = 1;
    return true;
}

void in_hand_release(InHand *in_hand)
{
    Page *page = in_hand->page;
    Suspect *suspect = page->is_held ? find_suspect(page, page->length, page->beginning) : NULL;

    if (suspect)
        suspect->crashes = 0;
    ((volatile Page *)page)->is_held = 0;
}
