#include "agent1/flow/runs/scheduled.h"

#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/voice/notices.h"
#include "agent1/flow/voice/say.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

#define TAIL_LINES 5
#define TAIL_BYTES 600
#define HOUR_MS    (3600 * INT64_C(1000))

static void publish(Core *core, const Run *run)
{
    g_autoptr(Json) object = json_new_object();
    g_autofree char *nominal = run->nominal_ms ? timestamp_format(run->nominal_ms) : NULL;
    g_autofree char *text = NULL;

    json_set_string(object, "type", "occurrence");
    json_set_string(object, "schedule", run->schedule);
    if (nominal)
        json_set_string(object, "nominal", nominal);
    json_set_string(object, "run", run->id);
    json_set_int(object, "number", run->number);
    json_set_string(object, "agent", run->agent);
    json_set_string(object, "state", run_state_name(run->state));
    if (run->outcome.reason)
        json_set_string(object, "reason", run->outcome.reason);
    text = json_print(object);
    effects_publish_plain(core->fx, TOPIC_SCHEDULER_NOTIFICATIONS, text, false);
}

/* The end of its output, as a block below the line; "" when there is none. The caller owns it. */
static char *output_end(const Run *run)
{
    g_autofree char *tail = NULL;
    g_autofree char *block = NULL;

    if (!run->outcome.output || !*run->outcome.output)
        return g_strdup("");
    tail = text_last_lines(run->outcome.output, TAIL_LINES, TAIL_BYTES);
    block = text_fence(tail);
    return g_strconcat("\n", block, NULL);
}

/* The same again and again is told once an hour. */
static bool is_news(Core *core, const Run *run)
{
    g_autofree char *what =
        g_strdup_printf("schedule %s %s %s", run->schedule, run_state_name(run->state),
                        run->outcome.rule ? run->outcome.rule : "");

    return say_is_due(core, what, HOUR_MS);
}

static void notify(Core *core, const Run *run)
{
    Language before = core_speak_to(core, run->user);
    g_autofree char *state = reason_words_run(core, run);
    g_autofree char *end = output_end(run);

    notices_tell_user(core, run->user, NOTICE_NEWS, "Schedule %s: #%" G_GINT64_FORMAT " %s: %s%s",
                      run->schedule, run->number, run->agent, state, end);
    core_speak(core, before);
}

void scheduled_tell(Core *core, const Run *run)
{
    if (!run->schedule)
        return;

    publish(core, run);
    /* Whoever fired it by hand is answered there. */
    if (run->nominal_ms > 0 && run_state_is_failure(run->state) && is_news(core, run))
        notify(core, run);
}
