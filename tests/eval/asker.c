#include "tests/eval/asker.h"

#include <string.h>

#include "agent1/edge/model.h"
#include "agent1/model/refusal.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/sys/secret.h"
#include "common/wire/model_answer.h"
#include "common/wire/thoughts.h"
#include "tests/eval/house.h"

#include "common/base/banned.h"

/* Who asks to be left alone for a while is, so often for one sentence and so long at most. */
#define WAITS_MAX   5
#define WAIT_MIN_MS 1000
#define WAIT_MAX_MS (60 * 1000)

/* So many answers one after another that are none: the server is broken. */
#define BROKEN_MAX 3

/* An answer may take so many times as long as its first byte. */
#define WHOLE_TIMES 5

#define REMARK_CHARS 200

static const struct {
    const char *provider;
    const char *model; /* where none is named */
    const char *key;   /* of the environment */
} usual[] = {
    { "ollama", "qwen2.5:7b-instruct", "OLLAMA_API_KEY" },
    { "openai", NULL, "OPENAI_API_KEY" },
    { "anthropic", "claude-haiku-4-5-20251001", "ANTHROPIC_API_KEY" },
};

struct Asker {
    Json *model; /* its entry in config.json */
    char *name;
    char *url;
    GPtrArray *chain; /* ModelSettings *: it alone */
    ModelClient *client;
    GMainLoop *loop;
    unsigned broken;

    /* Of the question that is under way. */
    Thoughts *thoughts;
    GString *text;
    ModelNews *end; /* NULL: not yet, or not in time */
};

/* ---- life ---- */

static void on_news(ModelNews *news, void *data)
{
    Asker *asker = data;

    if (news->piece) {
        thoughts_take(asker->thoughts, news->piece, strlen(news->piece), asker->text);
        model_news_free(news);
        return;
    }
    asker->end = news;
    g_main_loop_quit(asker->loop);
}

static bool has_value(const char *variable)
{
    const char *value = g_getenv(variable);

    return value && *value;
}

static Json *make_model(const AskerOptions *options)
{
    Json *model = json_new_object();
    g_autofree char *timeout = g_strdup_printf("%ds", options->timeout_s);
    const char *name = options->model;

    json_set_string(model, "provider", options->provider);
    json_set_string(model, "timeout", timeout);
    if (options->base_url)
        json_set_string(model, "base_url", options->base_url);
    for (size_t i = 0; i < G_N_ELEMENTS(usual); i++) {
        if (strcmp(options->provider, usual[i].provider) != 0)
            continue;
        name = name ? name : usual[i].model;
        if (has_value(usual[i].key))
            json_set_string(model, "api_key_env", usual[i].key);
    }
    if (name)
        json_set_string(model, "model", name);
    return model;
}

static bool read_key(ModelSettings *settings, GError **error)
{
    g_autoptr(GError) reason = NULL;

    settings->api_key = secret_read("api_key", NULL, NULL, settings->api_key_env, ".", &reason);
    if (reason) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    return true;
}

Asker *asker_new(const AskerOptions *options, GError **error)
{
    g_autoptr(Asker) asker = g_new0(Asker, 1);
    ModelSettings *settings;

    asker->chain = g_ptr_array_new_with_free_func(model_settings_free);
    asker->client = model_client_new(asker->chain, on_news, asker);
    asker->loop = g_main_loop_new(NULL, FALSE);
    asker->text = g_string_new(NULL);
    asker->model = make_model(options);
    settings = house_settings(asker->model, error);
    if (!settings)
        return NULL;
    g_ptr_array_add(asker->chain, settings);
    if (!read_key(settings, error))
        return NULL;
    asker->name = g_strdup_printf("%s %s", options->provider, settings->model);
    asker->url = g_strdup(settings->base_url);
    return g_steal_pointer(&asker);
}

void asker_free(Asker *asker)
{
    if (!asker)
        return;

    model_client_free(asker->client);
    thoughts_free(asker->thoughts);
    g_ptr_array_unref(asker->chain);
    g_main_loop_unref(asker->loop);
    g_string_free(asker->text, TRUE);
    model_news_free(asker->end);
    json_free(asker->model);
    g_free(asker->name);
    g_free(asker->url);
    g_free(asker);
}

const char *asker_name(const Asker *asker)
{
    return asker->name;
}

void asked_clear(Asked *asked)
{
    g_free(asked->lines);
    g_free(asked->remark);
}

/* ---- asking ---- */

static gboolean on_time(gpointer data)
{
    g_main_loop_quit(data);
    return G_SOURCE_REMOVE;
}

static void run_until(Asker *asker, guint ms)
{
    guint timer = g_timeout_add(ms, on_time, asker->loop);
    GSource *source = g_main_context_find_source_by_id(NULL, timer);

    g_source_ref(source);
    g_main_loop_run(asker->loop);
    g_source_destroy(source);
    g_source_unref(source);
}

/* NULL: it did not end in time. */
static const ModelNews *ask_once(Asker *asker, const ModelCall *call)
{
    const ModelSettings *settings = asker->chain->pdata[0];

    thoughts_free(asker->thoughts);
    asker->thoughts = thoughts_new(false);
    g_string_truncate(asker->text, 0);
    g_clear_pointer(&asker->end, model_news_free);
    model_client_call(asker->client, call);
    run_until(asker, (guint)(WHOLE_TIMES * settings->timeout_ms));
    if (!asker->end)
        model_client_cancel(asker->client, call->id);
    return asker->end;
}

/* The end of the first answer before which it did not ask to be left alone. */
static const ModelNews *ask(Asker *asker, const ModelCall *call)
{
    const ModelNews *end = ask_once(asker, call);

    for (unsigned waits = 0; end && end->outcome == MODEL_LIMITED && waits < WAITS_MAX; waits++) {
        g_printerr("eval: %s: %s; waiting\n", asker->name, end->why);
        run_until(asker, (guint)CLAMP(end->retry_after_ms, WAIT_MIN_MS, WAIT_MAX_MS));
        end = ask_once(asker, call);
    }
    return end;
}

/* An answer that is none may be this sentence's bad luck; a server that is not there is not. */
static bool goes_on_after(Asker *asker, ModelOutcome outcome)
{
    switch (outcome) {
    case MODEL_ANSWERED:
    case MODEL_CUT:
    case MODEL_TOO_LARGE:
        asker->broken = 0;
        return true;
    case MODEL_FAILED:
    case MODEL_BROKEN:
        return ++asker->broken < BROKEN_MAX;
    case MODEL_UNREACHABLE:
    case MODEL_SILENT:
    case MODEL_LIMITED:
    case MODEL_MISCONFIGURED:
    case MODEL_OUTCOME_COUNT:
        break;
    }
    return false;
}

/* ---- what was answered ---- */

static void add_remark(GString *remark, const char *text)
{
    g_string_append_printf(remark, "%s%s", remark->len ? "; " : "", text);
}

static void read_lines(const ModelAnswer *answer, GString *lines, GString *remark, bool *out_acts)
{
    for (unsigned i = 0; i < answer->lines->len; i++) {
        const AnswerLine *line = answer->lines->pdata[i];

        if (line->reason == ANSWER_COUNTS) {
            g_string_append_printf(lines, "%s%s%s%s", lines->len ? SENTENCE_BETWEEN : "",
                                   line->word, *line->rest ? " " : "", line->rest);
            *out_acts |= !trigger_only_looks(line->trigger);
        } else {
            g_autofree char *told = g_strdup_printf("%s does not count (%s)", line->word,
                                                    answer_reason_name(line->reason));

            add_remark(remark, told);
        }
    }
}

/* As agent1 puts an answer together: the text, and the triggers that came as calls of tools. */
static void add_tools(Asker *asker, const ModelNews *end)
{
    for (unsigned i = 0; i < end->tool_lines->len; i++)
        g_string_append_printf(asker->text, "%s%s", asker->text->len ? "\n" : "",
                               (const char *)end->tool_lines->pdata[i]);
}

/* Why agent1 would pass this answer over, or NULL. Of one that was cut it does nothing, either. */
static const char *find_fault(const Asker *asker, const ModelNews *end)
{
    if (end->outcome != MODEL_ANSWERED)
        return end->why ? end->why : model_outcome_name(end->outcome);
    if (asker->text->len == 0)
        return "it says nothing";
    return end->tool_lines->len == 0 && refusal_is(asker->text->str, NULL) ? "it refuses" : NULL;
}

static void read_answer(Asker *asker, const ModelNews *end, Asked *out)
{
    GString *lines = g_string_new(NULL);
    GString *remark = g_string_new(NULL);
    g_autoptr(ModelAnswer) answer = NULL;
    const char *fault;

    thoughts_finish(asker->thoughts, asker->text);
    add_tools(asker, end);
    fault = find_fault(asker, end);
    answer = model_answer_parse(asker->text->str, asker->text->len);
    if (fault)
        add_remark(remark, fault);
    else
        read_lines(answer, lines, remark, &out->acts);
    if (lines->len == 0 && *answer->words) {
        g_autofree char *said = text_make_line(answer->words, REMARK_CHARS);

        add_remark(remark, said);
    }
    out->is_none = fault != NULL;
    out->lines = g_string_free(lines, FALSE);
    out->remark = g_string_free(remark, FALSE);
}

bool asker_ask(Asker *asker, const Sentence *sentence, Asked *out, GError **error)
{
    g_autoptr(ModelCall) call = house_ask(asker->model, sentence, error);
    const ModelNews *end;

    if (!call)
        return false;

    end = ask(asker, call);
    if (!end || !goes_on_after(asker, end->outcome)) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s at %s: %s", asker->name, asker->url,
                    end ? end->why : "its answer does not end");
        return false;
    }
    *out = (Asked){ .acts = false };
    read_answer(asker, end, out);
    return true;
}
