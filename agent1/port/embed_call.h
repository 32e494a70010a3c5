/*
 * What an embedding model is asked, and what it answers: for each text a vector, packed
 * (packed_vector.h), texts that mean the same lying near each other.
 */
#ifndef AGENT1_PORT_EMBED_CALL_H
#define AGENT1_PORT_EMBED_CALL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Texts of one call. */
#define EMBED_TEXTS_MAX 16

typedef struct EmbedCall {
    char *id;
    GPtrArray *texts; /* char *, 1 … EMBED_TEXTS_MAX */
    int64_t timeout_ms;
} EmbedCall;

EmbedCall *embed_call_new(const char *id, int64_t timeout_ms);
void embed_call_free(EmbedCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EmbedCall, embed_call_free)

/* Why there are no vectors. */
typedef enum {
    EMBED_REFUSED,       /* for what the texts are, it says */
    EMBED_UNASKED,       /* it cannot be asked from here */
    EMBED_UNREACHABLE,   /* nobody takes connections there */
    EMBED_UNTRUSTED,     /* no certificate that could be verified */
    EMBED_SILENT,        /* no answer in time */
    EMBED_LIMITED,       /* it is asked too often */
    EMBED_MISCONFIGURED, /* the key, the model's name or the address is not right */
    EMBED_FAILED,        /* it says that it cannot do it */
    EMBED_BROKEN,        /* what it answers is not a vector for each text */
    EMBED_TROUBLE_COUNT,
} EmbedTrouble;

typedef struct EmbedNews {
    char *id;
    GPtrArray *vectors;   /* GBytes *, one a text; NULL: there are none */
    EmbedTrouble trouble; /* then */
    char *why;            /* then: a line for the log, in which nothing stands of what was asked */
} EmbedNews;

/* Takes the vectors over. */
EmbedNews *embed_news_new(const char *id, GPtrArray *vectors);
EmbedNews *embed_news_new_trouble(const char *id, EmbedTrouble trouble, const char *why);
void embed_news_free(EmbedNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EmbedNews, embed_news_free)

#endif
