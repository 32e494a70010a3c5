#include "common/net/mqtt_tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdbool.h>

#include "common/net/mqtt_reason.h"

#include "common/base/banned.h"

void mqtt_tls_prepare(void)
{
    OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, NULL);
}

/* The library would name the address to the broker. Called before the first message is made; for a
 * host that is an address there is no name, and none is sent. */
static void on_state(const SSL *ssl, int where, int result)
{
    (void)result;

    if (where == SSL_CB_HANDSHAKE_START)
        SSL_set_tlsext_host_name(
            (SSL *)(uintptr_t)ssl,
            X509_VERIFY_PARAM_get0_host(SSL_get0_param((SSL *)(uintptr_t)ssl), 0));
}

static int on_verified(int is_good, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    long *result = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    if (!is_good && result)
        *result = X509_STORE_CTX_get_error(store);
    return is_good;
}

/* Without this OpenSSL would ask for the password of a key on the terminal. */
static int no_password(char *buffer, int size, int is_writing, void *data)
{
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)data;
    return 0;
}

static void set_manners(SSL_CTX *context)
{
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_default_passwd_cb(context, no_password);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verified);
    SSL_CTX_set_info_callback(context, on_state);
}

static bool set_host(SSL_CTX *context, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context);

    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1 ||
           X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

static bool set_authorities(SSL_CTX *context, const char *ca_file)
{
    return ca_file ? SSL_CTX_load_verify_file(context, ca_file) == 1
                   : SSL_CTX_set_default_verify_paths(context) == 1;
}

/* What OpenSSL says about a file. */
static char *problem_of(const char *path)
{
    const char *words = ERR_reason_error_string(ERR_get_error());

    ERR_clear_error();
    return g_strdup_printf("TLS fails: %s: %s", path, words ? words : "not usable");
}

SSL_CTX *mqtt_tls_new(const char *host, const MqttSettings *settings, char **out_problem)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    const char *key_file = settings->key_file ? settings->key_file : settings->cert_file;
    char *problem = NULL;

    set_manners(context);
    ERR_clear_error();
    if (!set_host(context, host))
        problem = problem_of(host);
    else if (!set_authorities(context, settings->ca_file))
        problem = problem_of(settings->ca_file ? settings->ca_file : "the system's authorities");
    else if (settings->cert_file &&
             SSL_CTX_use_certificate_chain_file(context, settings->cert_file) != 1)
        problem = problem_of(settings->cert_file);
    else if (settings->cert_file &&
             SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1)
        problem = problem_of(key_file);
    ERR_clear_error();
    if (!problem)
        return context;

    SSL_CTX_free(context);
    *out_problem = problem;
    return NULL;
}

static void on_end(void *parent, void *data, CRYPTO_EX_DATA *all, int index, long number,
                   void *pointer)
{
    bool *is_gone = data;

    (void)parent;
    (void)all;
    (void)index;
    (void)number;
    (void)pointer;
    if (is_gone)
        *is_gone = true;
}

/* libmosquitto 2.0.12 and later take a reference when they are given a context, and give it back
 * only when an address let them begin to connect (their issue 2992); 2.0.11, and what is mended
 * one day, give it back in any case. So the context itself tells when it is gone. */
void mqtt_tls_free(SSL_CTX *context)
{
    static int index = -1;
    bool is_gone = false;

    if (!context)
        return;

    if (index < 0)
        index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_end);
    SSL_CTX_set_ex_data(context, index, &is_gone);
    while (!is_gone)
        SSL_CTX_free(context);
}

void mqtt_tls_watch(SSL_CTX *context, long *out_verify_result)
{
    *out_verify_result = X509_V_OK;
    SSL_CTX_set_app_data(context, out_verify_result);
}

void mqtt_tls_forget_authorities(SSL *ssl)
{
    SSL_CTX_set_cert_store(SSL_get_SSL_CTX(ssl), X509_STORE_new());
}

char *mqtt_tls_reason(long verify_result, const char *host, const char *openssl_lines)
{
    return verify_result == X509_V_OK ? mqtt_reason_of_tls(openssl_lines)
                                      : mqtt_reason_of_certificate(verify_result, host);
}
