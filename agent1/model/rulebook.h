/*
 * policy.json: what needs a person's approval, and what is never done, by rules that people write.
 * The first rule that fits decides; where none fits the preset does. An answer is about risk and
 * policy alone: it opens no window and no pause, and gives no role (agent1/model/gate.h).
 */
#ifndef AGENT1_MODEL_RULEBOOK_H
#define AGENT1_MODEL_RULEBOOK_H

#include "common/data/json.h"
#include "common/wire/command.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Rulebook Rulebook;

/* Reads the whole file. NULL: the preset "default" and no rules. Errors and warnings as in
 * common/data/record.h. */
Rulebook *rulebook_parse(const Json *object, GPtrArray *warnings, GError **error);
void rulebook_free(Rulebook *rulebook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rulebook, rulebook_free)

/* What is judged. Everything is borrowed; NULL fits no rule that names it. */
typedef struct RulebookCase {
    const char *user;
    const char *principal;
    Role role;
    const char *agent;
    GHashTable *labels; /* of the agent: char *, in lower case → char *; NULL: none */
    const char *skill;
    const char *risk; /* its word */
    const char *door; /* "xmpp", "cli", "unsigned", "homeassistant" */
} RulebookCase;

typedef enum {
    POLICY_ALLOW,
    POLICY_ASK,
    POLICY_DENY,
} PolicyDecision;

typedef struct RulebookAnswer {
    PolicyDecision decision;
    bool needs_second;  /* ASK: somebody else than who asked must approve */
    unsigned place;     /* of the rule in the file, from 1; 0: the preset */
    const char *reason; /* as the file words it; NULL: it does not; borrowed from the rulebook */
} RulebookAnswer;

void rulebook_judge(const Rulebook *rulebook, const RulebookCase *asked, RulebookAnswer *out);

/* "permissive", "default", "restrictive". */
const char *rulebook_preset(const Rulebook *rulebook);

/* True when people may publish on this topic, or subscribe to this filter, by chat. */
bool rulebook_may_publish(const Rulebook *rulebook, const char *topic);
bool rulebook_may_subscribe(const Rulebook *rulebook, const char *filter);
/* What the file lists: char *, borrowed; NULL: nothing. */
const GPtrArray *rulebook_publish_filters(const Rulebook *rulebook);
const GPtrArray *rulebook_subscribe_filters(const Rulebook *rulebook);

#endif
