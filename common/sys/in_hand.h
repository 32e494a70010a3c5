/*
 * The message in hand: a small mapped file that holds its beginning while it is handled, so that
 * after a crash it is known what it was handled on. The third crash in a row on one message sets it
 * aside (README.md, delivery rule 10). The kernel keeps what is mapped, whatever becomes of us; a
 * crash of the whole host may lose it, which costs no more than another try.
 */
#ifndef COMMON_SYS_IN_HAND_H
#define COMMON_SYS_IN_HAND_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct InHand InHand;

/* Maps the file, making it where it is not there or of no use, and counts a crash on what was in
 * hand. PROBLEM_IO, PROBLEM_FULL. */
InHand *in_hand_open(const char *path, GError **error);
void in_hand_free(InHand *in_hand);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InHand, in_hand_free)

/* Takes a message in hand, instead of what was. False: it is set aside, and nothing is in hand. */
bool in_hand_take(InHand *in_hand, const void *bytes, size_t length);

/* It was handled, and is no danger any more. */
void in_hand_release(InHand *in_hand);

#endif
