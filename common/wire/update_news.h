/*
 * What is known of a newer version: the answer to control `update`, as both sides read it. An
 * answer carries it as `data`, with the words of update_news_text() beside it. Pure.
 *
 * {"installed":"v1.0","newest":"v1.1","branch":"main","remote":"origin","behind":1,"ahead":0,
 *  "checked":"2026-11-27T07:00:00.000Z"}; or, where it is not known, {"problem":"no_repository",
 *  "subject":"/opt/agent2","detail":"fatal: …","checked":…}.
 */
#ifndef COMMON_WIRE_UPDATE_NEWS_H
#define COMMON_WIRE_UPDATE_NEWS_H

#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    UPDATE_KNOWN,
    /* The rest are problems; subject is what each is about. */
    UPDATE_NO_PATH,       /* the configuration does not say where the repository is */
    UPDATE_NO_GIT,        /* there is no program of that name */
    UPDATE_NO_FOLDER,     /* a path */
    UPDATE_NO_REPOSITORY, /* a path */
    UPDATE_FOREIGN,       /* a path: git does not trust another user's repository */
    UPDATE_NO_WRITE,      /* a path: nothing can be fetched into it */
    UPDATE_NO_REMOTE,     /* a remote's name */
    UPDATE_NO_BRANCH,     /* a branch */
    UPDATE_UNREACHABLE,   /* a remote's name; detail: git's words */
    UPDATE_TIMED_OUT,     /* a remote's name, or nothing */
    UPDATE_BUSY,
    UPDATE_FAILED, /* a path; detail: git's words */
    UPDATE_STATE_COUNT,
} UpdateState;

#define UPDATE_VERSION_MAX_CHARS 64
#define UPDATE_SUBJECT_MAX_CHARS 200
#define UPDATE_DETAIL_MAX_CHARS  300

typedef struct UpdateNews {
    UpdateState state;
    /* KNOWN: */
    char *installed; /* a tag, a tag and what was added since, or a short commit id */
    char *newest;    /* the same; equal to installed when nothing is behind */
    char *branch;
    char *remote;
    int64_t behind; /* commits of the remote's branch that are not installed */
    int64_t ahead;  /* and those that only the installation has */
    /* Problems: */
    char *subject; /* NULL: it needs none */
    char *detail;  /* the last words of git, or NULL */

    int64_t checked_ms; /* Unix ms; 0: not told */
} UpdateNews;

UpdateNews *update_news_new(UpdateState state);
UpdateNews *update_news_copy(const UpdateNews *news);
void update_news_free(UpdateNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UpdateNews, update_news_free)

/* The word of a problem on the wire: "no_git", …; NULL for KNOWN. */
const char *update_state_name(UpdateState state);

/* What a problem is, as a sentence that its subject may follow behind a colon; NULL for KNOWN. The
 * text has a translation. */
const char *update_state_text(UpdateState state);

/* The data of an answer. The caller owns it. */
Json *update_news_print(const UpdateNews *news);

/* Reads it, whatever came: texts are made harmless and short. NULL when it is no such data. The
 * caller owns it. */
UpdateNews *update_news_read(const Json *data);

/* In English, for the answer's text: "up to date: v1.0 (main)". The caller owns it. */
char *update_news_text(const UpdateNews *news);

#endif
