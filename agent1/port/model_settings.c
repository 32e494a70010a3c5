#include "agent1/port/model_settings.h"

#include <string.h>

#include "common/base/host.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"

#include "common/base/banned.h"

#define SECOND_MS         INT64_C(1000)
#define TIMEOUT_MIN_MS    SECOND_MS
#define TIMEOUT_MAX_MS    (10 * 60 * SECOND_MS)
#define LOCAL_TIMEOUT_MS  (8 * SECOND_MS)
#define CLOUD_TIMEOUT_MS  (30 * SECOND_MS)
#define EMBED_TIMEOUT_MS  (2 * SECOND_MS)
#define EMBED_WAIT_MAX_MS (30 * SECOND_MS)
#define OLLAMA_MODEL      "qwen2.5:7b-instruct"
#define ROUNDS_DEFAULT    4
#define ROUNDS_MAX        16
#define REFUSALS_MAX      200
#define TOKENS_DEFAULT    2048
#define TOKENS_MAX        64000
#define CONTEXT_DEFAULT   8192
#define CONTEXT_MIN       1024
#define CONTEXT_MAX       1000000
#define DAILY_MAX         INT64_C(1000000000000)

static const char *const provider_words[] = { "ollama", "openai", "anthropic", NULL };

/* What a provider's entry may leave out. */
static const struct {
    const char *base_url;
    int64_t timeout_ms;
} usual[] = {
    [PROVIDER_OLLAMA] = { "http://127.0.0.1:11434", LOCAL_TIMEOUT_MS },
    [PROVIDER_OPENAI] = { NULL, CLOUD_TIMEOUT_MS },
    [PROVIDER_ANTHROPIC] = { "https://api.anthropic.com", CLOUD_TIMEOUT_MS },
};

static bool is_url(const char *text)
{
    return (g_str_has_prefix(text, "http://") || g_str_has_prefix(text, "https://")) &&
           text_is_harmless(text) && !strpbrk(text, " \t\n\"<>?#@");
}

static bool is_name(const char *text)
{
    return *text && text_is_harmless(text) && !strpbrk(text, "\t\n");
}

#define AT(member) offsetof(ModelSettings, member)

static const Field model_fields[] = {
    { .name = "provider",
      .kind = FIELD_CHOICE,
      .offset = AT(provider),
      .choices = provider_words,
      .is_required = true,
      .is_always_written = true },
    { .name = "base_url",
      .kind = FIELD_STRING,
      .offset = AT(base_url),
      .maximum = 1000,
      .is_valid = is_url,
      .expected = "a URL such as http://127.0.0.1:11434, without ?, # and a password" },
    { .name = "model",
      .kind = FIELD_STRING,
      .offset = AT(model),
      .is_required = true,
      .maximum = 200,
      .is_valid = is_name,
      .expected = "the name of a model, such as qwen2.5:7b-instruct" },
    { .name = "api_key", .kind = FIELD_STRING, .offset = AT(api_key) },
    { .name = "api_key_file", .kind = FIELD_STRING, .offset = AT(api_key_file) },
    { .name = "api_key_env", .kind = FIELD_STRING, .offset = AT(api_key_env) },
    { .name = "ca_file", .kind = FIELD_STRING, .offset = AT(ca_file) },
    { .name = "tools", .kind = FIELD_BOOL, .offset = AT(has_tools) },
    { .name = "timeout",
      .kind = FIELD_DURATION,
      .offset = AT(timeout_ms),
      .minimum = TIMEOUT_MIN_MS,
      .maximum = TIMEOUT_MAX_MS },
    { .name = "max_tokens",
      .kind = FIELD_INT,
      .offset = AT(max_tokens),
      .minimum = 16,
      .maximum = TOKENS_MAX },
    { .name = "context_tokens",
      .kind = FIELD_INT,
      .offset = AT(context_tokens),
      .minimum = CONTEXT_MIN,
      .maximum = CONTEXT_MAX },
    { .name = NULL },
};

static const char *const embedding_words[] = { "ollama", "openai", NULL };

/* Of the same struct. */
static const Field embedding_fields[] = {
    { .name = "provider",
      .kind = FIELD_CHOICE,
      .offset = AT(provider),
      .choices = embedding_words,
      .is_required = true,
      .is_always_written = true },
    { .name = "base_url",
      .kind = FIELD_STRING,
      .offset = AT(base_url),
      .maximum = 1000,
      .is_valid = is_url,
      .expected = "a URL such as http://127.0.0.1:11434, without ?, # and a password" },
    { .name = "model",
      .kind = FIELD_STRING,
      .offset = AT(model),
      .is_required = true,
      .maximum = 200,
      .is_valid = is_name,
      .expected = "the name of an embedding model, such as nomic-embed-text" },
    { .name = "api_key", .kind = FIELD_STRING, .offset = AT(api_key) },
    { .name = "api_key_file", .kind = FIELD_STRING, .offset = AT(api_key_file) },
    { .name = "api_key_env", .kind = FIELD_STRING, .offset = AT(api_key_env) },
    { .name = "ca_file", .kind = FIELD_STRING, .offset = AT(ca_file) },
    /* A person waits for it. */
    { .name = "timeout",
      .kind = FIELD_DURATION,
      .offset = AT(timeout_ms),
      .minimum = TIMEOUT_MIN_MS,
      .maximum = EMBED_WAIT_MAX_MS },
    { .name = NULL },
};

#undef AT
#define AT(member) offsetof(TalkFile, member)

/* The object as it stands in the file. */
typedef struct TalkFile {
    Json *chain;
    Json *embeddings;
    int64_t max_rounds;
    int64_t daily_tokens;
    int64_t daily_user_tokens;
    GPtrArray *refusals;
} TalkFile;

static const Field talk_fields[] = {
    { .name = "chain", .kind = FIELD_JSON, .offset = AT(chain) },
    { .name = "embeddings", .kind = FIELD_JSON, .offset = AT(embeddings) },
    { .name = "max_rounds",
      .kind = FIELD_INT,
      .offset = AT(max_rounds),
      .minimum = 1,
      .maximum = ROUNDS_MAX },
    { .name = "daily_tokens",
      .kind = FIELD_INT,
      .offset = AT(daily_tokens),
      .minimum = 0,
      .maximum = DAILY_MAX },
    { .name = "daily_user_tokens",
      .kind = FIELD_INT,
      .offset = AT(daily_user_tokens),
      .minimum = 0,
      .maximum = DAILY_MAX },
    { .name = "refusals",
      .kind = FIELD_STRINGS,
      .offset = AT(refusals),
      .maximum = REFUSALS_MAX,
      .is_valid = is_name,
      .expected = "a phrase that means a model refused" },
    { .name = NULL },
};

const char *provider_name(int provider)
{
    return provider_words[provider];
}

ModelSettings *model_settings_copy(const ModelSettings *model)
{
    ModelSettings *copy = g_new0(ModelSettings, 1);

    record_copy(model_fields, model, copy);
    return copy;
}

void model_settings_free(void *data)
{
    ModelSettings *model = data;

    if (!model)
        return;

    record_clear(model_fields, model);
    g_free(model);
}

void talk_settings_free(TalkSettings *settings)
{
    if (!settings)
        return;

    g_ptr_array_unref(settings->chain);
    model_settings_free(settings->embeddings);
    if (settings->refusals)
        g_ptr_array_unref(settings->refusals);
    g_free(settings);
}

static TalkSettings *new_talk(void)
{
    TalkSettings *settings = g_new0(TalkSettings, 1);

    settings->chain = g_ptr_array_new_with_free_func(model_settings_free);
    settings->max_rounds = ROUNDS_DEFAULT;
    return settings;
}

static ModelSettings *new_model(Provider provider)
{
    ModelSettings *model = g_new0(ModelSettings, 1);

    record_init(model_fields, model);
    model->provider = provider;
    model->max_tokens = TOKENS_DEFAULT;
    model->context_tokens = CONTEXT_DEFAULT;
    return model;
}

/* An empty text means "not set"; a URL is used with a path behind it. */
static void tidy(ModelSettings *model)
{
    char **texts[] = { &model->base_url, &model->api_key, &model->api_key_file, &model->api_key_env,
                       &model->ca_file };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (*texts[i] && **texts[i] == '\0')
            g_clear_pointer(texts[i], g_free);
    }
    if (!model->base_url)
        model->base_url = g_strdup(usual[model->provider].base_url);
    while (model->base_url && g_str_has_suffix(model->base_url, "/"))
        model->base_url[strlen(model->base_url) - 1] = '\0';
    if (model->timeout_ms == 0)
        model->timeout_ms = usual[model->provider].timeout_ms;
}

static bool has_key(const ModelSettings *model)
{
    return model->api_key || model->api_key_file || model->api_key_env;
}

/* http:// to another machine: whoever is on the way reads it. */
static bool is_open(const char *url)
{
    const char *authority = url + strlen("http://");
    g_autofree char *host = NULL;

    if (!g_str_has_prefix(url, "http://"))
        return false;
    host = *authority == '[' ? g_strndup(authority + 1, strcspn(authority + 1, "]"))
                             : g_strndup(authority, strcspn(authority, ":/"));
    return !host_is_loopback(host);
}

/* What one member alone cannot tell. */
static bool check_together(const ModelSettings *model, const char *path, GError **error)
{
    if (!model->base_url) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING,
                    "%s.base_url: missing: expected a URL such as http://127.0.0.1:8080/v1", path);
        return false;
    }
    if (has_key(model) && is_open(model->base_url)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "%s.base_url: \"%s\": the key would be readable on the way; expected https://",
                    path, model->base_url);
        return false;
    }
    if (model->provider == PROVIDER_ANTHROPIC && !has_key(model)) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING,
                    "%s.api_key_file: missing: expected api_key, api_key_file or api_key_env",
                    path);
        return false;
    }
    if (model->max_tokens >= model->context_tokens) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "%s.max_tokens: %d: expected less than context_tokens, which is %d", path,
                    (int)model->max_tokens, (int)model->context_tokens);
        return false;
    }
    return true;
}

/* One element; the chain takes it. */
static bool read_model(GPtrArray *chain, const Json *object, GPtrArray *warnings, GError **error)
{
    g_autofree char *path = g_strdup_printf("llm.chain[%u]", chain->len);
    const Json *tools = json_member(object, "tools");
    ModelSettings *model = new_model(PROVIDER_OLLAMA);

    g_ptr_array_add(chain, model);
    if (!record_read(model_fields, model, object, path, warnings, error))
        return false;

    if (!tools)
        model->has_tools = model->provider == PROVIDER_ANTHROPIC;
    tidy(model);
    return check_together(model, path, error);
}

static bool read_chain(GPtrArray *chain, const Json *array, GPtrArray *warnings, GError **error)
{
    if (array && json_kind(array) != JSON_ARRAY) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "llm.chain: expected an array, found %s",
                    json_kind_name(json_kind(array)));
        return false;
    }
    if (json_count(array) > MODEL_CHAIN_MAX) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "llm.chain: %u models: expected at most %d",
                    json_count(array), MODEL_CHAIN_MAX);
        return false;
    }
    for (const Json *object = json_first(array); object; object = json_next(object)) {
        if (!read_model(chain, object, warnings, error))
            return false;
    }
    return true;
}

/* Nobody makes vectors unless the file says who. */
static bool read_embeddings(TalkSettings *settings, const Json *object, GPtrArray *warnings,
                            GError **error)
{
    ModelSettings *model;

    if (!object || json_kind(object) == JSON_NULL)
        return true;

    model = settings->embeddings = new_model(PROVIDER_OLLAMA);
    model->timeout_ms = EMBED_TIMEOUT_MS;
    if (!record_read(embedding_fields, model, object, "llm.embeddings", warnings, error))
        return false;
    tidy(model);
    return check_together(model, "llm.embeddings", error);
}

/* ---- from the environment ---- */

static void offer(GPtrArray *chain, Provider provider, const char *base_url, const char *name,
                  const char *api_key_env)
{
    ModelSettings *model = new_model(provider);

    model->base_url = g_strdup(base_url);
    model->model = g_strdup(name);
    model->api_key_env = g_strdup(api_key_env);
    model->has_tools = provider == PROVIDER_ANTHROPIC;
    tidy(model);
    g_ptr_array_add(chain, model);
}

/* OLLAMA_HOST is a host, a host and a port, or a URL. NULL: it is none of them. The caller owns it.
 */
static char *make_ollama_url(const char *host)
{
    g_autofree char *url = NULL;
    const char *authority;

    if (!host || !*host)
        return NULL;
    url = strstr(host, "://") ? g_strdup(host) : g_strconcat("http://", host, NULL);
    if (!is_url(url))
        return NULL;
    authority = strstr(url, "://") + strlen("://");
    if (!strchr(authority, ':') && !strchr(authority, '/') && g_str_has_prefix(url, "http://"))
        return g_strconcat(url, ":11434", NULL);
    return g_steal_pointer(&url);
}

static void read_environment(GPtrArray *chain, const ModelEnvironment *environment)
{
    g_autofree char *ollama = make_ollama_url(environment->ollama_host);
    const char *name = environment->ollama_model;

    if (name && !is_name(name))
        name = NULL;
    if (ollama || name)
        offer(chain, PROVIDER_OLLAMA, ollama, name ? name : OLLAMA_MODEL, NULL);
    if (environment->has_anthropic_key) {
        offer(chain, PROVIDER_ANTHROPIC, NULL, "claude-haiku-4-5-20251001", "ANTHROPIC_API_KEY");
        offer(chain, PROVIDER_ANTHROPIC, NULL, "claude-sonnet-4-6", "ANTHROPIC_API_KEY");
    }
}

TalkSettings *talk_settings_parse(const Json *object, const ModelEnvironment *environment,
                                  GPtrArray *warnings, GError **error)
{
    g_autoptr(TalkSettings) settings = new_talk();
    TalkFile file = { 0 };
    bool is_read;

    if (!object) {
        if (environment)
            read_environment(settings->chain, environment);
        return g_steal_pointer(&settings);
    }
    record_init(talk_fields, &file);
    file.max_rounds = settings->max_rounds;
    is_read = record_read(talk_fields, &file, object, "llm", warnings, error) &&
              read_chain(settings->chain, file.chain, warnings, error) &&
              read_embeddings(settings, file.embeddings, warnings, error);
    settings->max_rounds = file.max_rounds;
    settings->daily_tokens = file.daily_tokens;
    settings->daily_user_tokens = file.daily_user_tokens;
    settings->refusals = g_steal_pointer(&file.refusals);
    record_clear(talk_fields, &file);
    return is_read ? g_steal_pointer(&settings) : NULL;
}
