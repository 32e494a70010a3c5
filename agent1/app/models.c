#include "agent1/app/models.h"

#include "agent1/edge/model.h"
#include "common/sys/log.h"
#include "common/sys/secret.h"
#include "common/base/banned.h"

struct Models {
    GPtrArray *chain; /* ModelSettings *, with their keys */
    ModelClient *client;
};

Models *models_new(ModelsHandler handler, void *data)
{
    Models *models = g_new0(Models, 1);

    models->chain = g_ptr_array_new_with_free_func(model_settings_free);
    models->client = model_client_new(models->chain, handler, data);
    return models;
}

void models_free(Models *models)
{
    if (!models)
        return;

    model_client_free(models->client);
    g_ptr_array_unref(models->chain);
    g_free(models);
}

static void read_key(ModelSettings *model, unsigned place, const char *folder)
{
    g_autofree char *name = g_strdup_printf("llm.chain[%u].api_key", place);
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

void models_configure(Models *models, const Config *config, const Settings *settings)
{
    const GPtrArray *wanted = settings->talk->chain;
    GPtrArray *chain = g_ptr_array_new_with_free_func(model_settings_free);
    g_autofree char *folder = config_path(config, ".");

    for (unsigned i = 0; i < wanted->len; i++) {
        ModelSettings *model = model_settings_copy(wanted->pdata[i]);

        g_ptr_array_add(chain, model);
        read_key(model, i, folder);
        if (model->ca_file) {
            g_autofree char *file = g_steal_pointer(&model->ca_file);

            model->ca_file = config_path(config, file);
        }
    }
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
