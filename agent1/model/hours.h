/*
 * When work may start: the installation's blackouts and one agent's work hours, taken together.
 */
#ifndef AGENT1_MODEL_HOURS_H
#define AGENT1_MODEL_HOURS_H

#include "common/data/json.h"
#include "common/data/window.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* blackout_hours.json: an array of windows. NULL: none. The result holds Window *. */
GPtrArray *hours_parse_blackouts(const Json *array, GPtrArray *warnings, GError **error);

/* What applies to an agent. Everything is borrowed. */
typedef struct Hours {
    const GPtrArray *blackouts; /* Window *, in zone */
    GTimeZone *zone;            /* the installation's */
    const Window *work_hours;   /* NULL: always */
    GTimeZone *work_zone;       /* of the work hours */
} Hours;

typedef struct HoursView {
    const Window *blackout; /* of those that at_ms lies in the one that ends last, or NULL */
    bool is_outside_work;   /* at_ms lies outside the work hours */
    int64_t opens_ms;       /* the first instant from at_ms on at which neither holds; INT64_MAX:
                               none within two weeks */
    int64_t closes_ms;      /* when open: the first instant at which one of them begins to hold;
                               INT64_MAX: none within two weeks */
} HoursView;

void hours_look(const Hours *hours, int64_t at_ms, HoursView *out);

#endif
