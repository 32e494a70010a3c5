/* The skill packs of a folder: every *.json in it, in the order of their names. */
#ifndef AGENT2_APP_SKILL_PACKS_H
#define AGENT2_APP_SKILL_PACKS_H

#include "agent2/flow/skill_book.h"

#include <glib.h>
#include <stdbool.h>

/* folder NULL: no packs. Errors and warnings begin with the file's path. The caller owns it. */
SkillBook *skill_packs_load(const char *folder, bool has_shell, GPtrArray *warnings,
                            GError **error);

#endif
