/*
 * Skills: named pieces of work with typed parameters, a risk and an argv template, read from packs.
 *
 *     { "format": 1, "pack": "service", "description": "Units of systemd", "skills": [
 *         { "name": "service.restart", "description": "Restart a unit", "risk": "guarded",
 *           "params": [ { "name": "unit", "type": "unit", "required": true } ],
 *           "argv": ["systemctl", "restart", "--", "{unit}"],
 *           "timeout": "2m", "idempotent": false, "environment": { "LC_ALL": "C" } } ] }
 *
 * Types of parameters: common/wire/skill_parameter.h; argv: agent2/model/skill_template.h. `shell`
 * is a skill, too: it takes a task's whole text as it stands. Runs nothing and does not judge who
 * may. Pure.
 */
#ifndef AGENT2_FLOW_SKILL_BOOK_H
#define AGENT2_FLOW_SKILL_BOOK_H

#include "agent2/model/skill_template.h"
#include "common/data/json.h"
#include "common/wire/skill_call.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SKILL_PACK_FORMAT     1
#define SKILLS_MAX            256
#define SKILL_TIMEOUT_OF_TASK INT64_C(-1)

typedef enum {
    SKILL_RISK_READ,
    SKILL_RISK_LOW,
    SKILL_RISK_GUARDED,
    SKILL_RISK_HIGH,
} SkillRisk;

typedef struct Skill {
    char *name;
    char *description;
    int risk;              /* SkillRisk */
    GPtrArray *parameters; /* SkillParameter *, in the order of arguments without names */
    SkillTemplate *argv;   /* NULL: shell */
    int64_t timeout_ms;    /* at most so long; or SKILL_TIMEOUT_OF_TASK */
    bool is_idempotent;
    GPtrArray *environment; /* char *, "NAME=value" */
} Skill;

/* All skills of a worker. */
typedef struct SkillBook SkillBook;

SkillBook *skill_book_new(void);
void skill_book_free(SkillBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SkillBook, skill_book_free)

/* Adds the skills of a pack. Errors and warnings carry the path inside it ("skills[2].argv[1]: …").
 * A name that is taken is an error. After an error the book is of no use. */
bool skill_book_add_pack(SkillBook *book, const Json *pack, GPtrArray *warnings, GError **error);

void skill_book_add_shell(SkillBook *book);

const Skill *skill_book_find(const SkillBook *book, const char *name); /* borrowed, or NULL */
unsigned skill_book_count(const SkillBook *book);

/* "apt.update, service.restart(unit), shell", or "none": for refusals. The caller owns it. */
char *skill_book_list(const SkillBook *book);

/* For the registration: [{"name","risk","description","idempotent","timeout_s","params":[…]}, …];
 * unless is_complete only names and risks. The caller owns it. */
Json *skill_book_describe(const SkillBook *book, bool is_complete);

/* "ansible.playbook(name, limit?)". The caller owns it. */
char *skill_usage(const Skill *skill);

/* The command for a call of this skill (not of shell), NULL-terminated, for g_strfreev(). Errors
 * say which argument, what was found and what was expected. */
char **skill_command(const Skill *skill, const SkillCall *call, GError **error);

#endif
