/*
 * What an embedding model is asked, and what it answers: for each text a vector, texts that mean
 * the same lying near each other. A vector is an array of float in the order of bytes of this
 * machine: it never leaves it.
 */
#ifndef AGENT1_PORT_EMBED_CALL_H
#define AGENT1_PORT_EMBED_CALL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Texts of one call, and numbers of one vector. */
#define EMBED_TEXTS_MAX      16
#define EMBED_DIMENSIONS_MAX 4096

typedef struct EmbedCall {
    char *id;
    GPtrArray *texts; /* char *, 1 … EMBED_TEXTS_MAX */
    int64_t timeout_ms;
} EmbedCall;

EmbedCall *embed_call_new(const char *id, int64_t timeout_ms);
void embed_call_free(EmbedCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EmbedCall, embed_call_free)

typedef struct EmbedNews {
    char *id;
    GPtrArray *vectors; /* GBytes *, one a text; NULL: there are none */
    char *why;          /* then: a line for the log, in which nothing stands of what was asked */
    bool is_refused;    /* then: for what the texts are; whoever makes vectors is well */
} EmbedNews;

/* Takes the vectors over. */
EmbedNews *embed_news_new(const char *id, GPtrArray *vectors, const char *why);
void embed_news_free(EmbedNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EmbedNews, embed_news_free)

#endif
