#include "agent1/app/models.h"

#include "agent1/edge/embedder.h"
#include "agent1/edge/model.h"
#include "common/sys/log.h"
#include "common/sys/secret.h"
#include "common/base/banned.h"

struct Models {
    GPtrArray *chain; /* ModelSettings *, with their keys */
    ModelClient *client;
    Embedder *embedder;
    ModelsHandler handler;
    void *data;
};

static void on_model_news(ModelNews *news, void *data)
{
    Models *models = data;
    Event *event = event_new(EVENT_MODEL);

    event->model = news;
    models->handler(event, models->data);
}

static void on_embed_news(EmbedNews *news, void *data)
{
    Models *models = data;
    Event *event = event_new(EVENT_EMBEDDED);

    event->embedded = news;
    models->handler(event, models->data);
}

Models *models_new(ModelsHandler handler, void *data)
{
    Models *models = g_new0(Models, 1);

    models->chain = g_ptr_array_new_with_free_func(model_settings_free);
    models->client = model_client_new(models->chain, on_model_news, models);
    models->embedder = embedder_new(on_embed_news, models);
    models->handler = handler;
    models->data = data;
    return models;
}

void models_free(Models *models)
{
    if (!models)
        return;

    embedder_free(models->embedder);
    model_client_free(models->client);
    g_ptr_array_unref(models->chain);
    g_free(models);
}

static void read_key(ModelSettings *model, const char *name, const char *folder)
{
    g_autoptr(GError) error = NULL;
    char *key =
        secret_read(name, model->api_key, model->api_key_file, model->api_key_env, folder, &error);

    if (error)
        log_line(LOG_LEVEL_WARNING, "config.json: %s", error->message);
    if (key)
        log_redact(key);
    g_free(model->api_key);
    model->api_key = key;
}

/* With its key and the whole path of its file; the caller owns it. */
static ModelSettings *complete(const ModelSettings *wanted, const char *path, const Config *config)
{
    g_autofree char *folder = config_path(config, ".");
    g_autofree char *key = g_strconcat(path, ".api_key", NULL);
    ModelSettings *model = model_settings_copy(wanted);

    read_key(model, key, folder);
    if (model->ca_file) {
        g_autofree char *file = g_steal_pointer(&model->ca_file);

        model->ca_file = config_path(config, file);
    }
    return model;
}

void models_configure(Models *models, const Config *config, const Settings *settings)
{
    const GPtrArray *wanted = settings->talk->chain;
    GPtrArray *chain = g_ptr_array_new_with_free_func(model_settings_free);
    const ModelSettings *embeddings = settings->talk->embeddings;

    for (unsigned i = 0; i < wanted->len; i++) {
        g_autofree char *path = g_strdup_printf("llm.chain[%u]", i);

        g_ptr_array_add(chain, complete(wanted->pdata[i], path, config));
    }
    embedder_configure(models->embedder,
                       embeddings ? complete(embeddings, "llm.embeddings", config) : NULL);
    model_client_set_chain(models->client, chain);
    g_ptr_array_unref(models->chain);
    models->chain = chain;
}

void models_call(Models *models, const ModelCall *call)
{
    model_client_call(models->client, call);
}

void models_cancel(Models *models, const char *id)
{
    model_client_cancel(models->client, id);
}

void models_embed(Models *models, const EmbedCall *call)
{
    embedder_call(models->embedder, call);
}
