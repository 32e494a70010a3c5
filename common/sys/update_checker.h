/*
 * Looks for newer versions in a git repository (common/sys/repository.h) without keeping the main
 * loop waiting: one look at a time, on a thread of its own, with a time limit.
 */
#ifndef COMMON_SYS_UPDATE_CHECKER_H
#define COMMON_SYS_UPDATE_CHECKER_H

#include "common/wire/update_news.h"

#include <glib.h>
#include <stdbool.h>

typedef struct UpdateChecker UpdateChecker;

/* news is borrowed for the call. */
typedef void (*UpdateHandler)(const UpdateNews *news, void *data);

UpdateChecker *update_checker_new(UpdateHandler handler, void *data);

/* Ends the look that is under way: git is killed, and nobody hears of it. */
void update_checker_free(UpdateChecker *checker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UpdateChecker, update_checker_free)

/* Begins to look; the handler is called from the default main context, once. branch may be NULL.
 * False, and nothing begins, while a look is under way. */
bool update_checker_start(UpdateChecker *checker, const char *path, const char *branch);

#endif
