/*
 * agents_registry.json: the agents people know of, whose key is trusted, and when each may work.
 * What an agent tells of itself while it lives is agent1/model/fleet.h.
 */
#ifndef AGENT1_MODEL_REGISTRY_H
#define AGENT1_MODEL_REGISTRY_H

#include "common/data/json.h"
#include "common/data/window.h"
#include "common/data/zones.h"

#include <glib.h>
#include <stdbool.h>

typedef struct RegistryAgent {
    char *name;
    char *description;  /* NULL when it has none */
    char *key;          /* NULL: not known yet */
    bool is_accepted;   /* the key is trusted; false without a key */
    Window *work_hours; /* NULL: always */
    char *zone_name;    /* of the work hours; NULL: the installation's */
    GTimeZone *zone;    /* of the work hours; NULL: the installation's */
    GHashTable *labels; /* char *, in lower case → char *; NULL: none */
} RegistryAgent;

/* What the entry "agent1" says, of this program itself; NULL for what it does not say. */
typedef struct RegistryOwn {
    char *install_path;
    char *git_branch;
} RegistryOwn;

typedef struct Registry Registry;

/* Reads the whole file. The entry "agent1" is this program's own and no agent. NULL: an empty one.
 */
Registry *registry_parse(const Json *root, const Zones *zones, GPtrArray *warnings, GError **error);
void registry_free(Registry *registry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Registry, registry_free)

/* Borrowed, or NULL. */
const RegistryAgent *registry_find(const Registry *registry, const char *name);

const RegistryOwn *registry_own(const Registry *registry);

/* The accepted agent with this key, or NULL. */
const RegistryAgent *registry_by_key(const Registry *registry, const char *key);

/* Names in order of the alphabet: const char *, borrowed; g_ptr_array_unref() frees the array. */
GPtrArray *registry_names(const Registry *registry);

/* Trusts, or with is_accepted false no longer trusts, the key of an agent; adds the agent if need
 * be. The file is changed elsewhere. */
void registry_set_key(Registry *registry, const char *name, const char *key, bool is_accepted);

#endif
