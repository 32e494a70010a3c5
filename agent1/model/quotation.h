/*
 * Whether a person's message holds what others wrote: a quotation, as XMPP clients write one when
 * somebody replies, or a fenced block, as a pasted log is. People who write so do not mean every
 * word of it as theirs. Pure.
 */
#ifndef AGENT1_MODEL_QUOTATION_H
#define AGENT1_MODEL_QUOTATION_H

#include <stdbool.h>

bool quotation_is_in(const char *text);

/* The lines that are the person's own; the caller owns them. */
char *quotation_leave_out(const char *text);

#endif
