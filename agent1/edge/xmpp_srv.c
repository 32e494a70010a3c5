#include "agent1/edge/xmpp_srv.h"

#include <arpa/nameser.h>
#include <limits.h>
#include <resolv.h>
#include <string.h>

#include "common/base/banned.h"

/* Priority, weight and port come before the name. */
#define FIXED_BYTES 6

static void srv_free(void *data)
{
    XmppSrv *srv = data;

    g_free(srv->target);
    g_free(srv);
}

static XmppSrv *read_record(ns_msg *message, const ns_rr *record)
{
    const u_char *data = ns_rr_rdata(*record);
    char target[NS_MAXDNAME];
    XmppSrv *srv;

    if (ns_rr_rdlen(*record) <= FIXED_BYTES ||
        ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), data + FIXED_BYTES, target,
                           sizeof(target)) < 0)
        return NULL;

    srv = g_new0(XmppSrv, 1);
    srv->priority = (uint16_t)ns_get16(data);
    srv->weight = (uint16_t)ns_get16(data + 2);
    srv->port = (uint16_t)ns_get16(data + 4);
    srv->target = g_strdup(target);
    if (g_str_has_suffix(srv->target, "."))
        srv->target[strlen(srv->target) - 1] = '\0';

    return srv;
}

GPtrArray *xmpp_srv_read(const uint8_t *answer, size_t length)
{
    GPtrArray *records;
    ns_msg message;
    ns_rr record;

    if (length > INT_MAX || ns_initparse(answer, (int)length, &message) != 0)
        return NULL;

    records = g_ptr_array_new_with_free_func(srv_free);
    for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
        XmppSrv *srv;

        if (ns_parserr(&message, ns_s_an, i, &record) != 0)
            break;
        if (ns_rr_type(record) != ns_t_srv || records->len >= XMPP_SRV_MAX_TARGETS)
            continue;
        srv = read_record(&message, &record);
        if (srv)
            g_ptr_array_add(records, srv);
    }

    return records;
}

static int compare(const void *a, const void *b)
{
    const XmppSrv *const *left = a;
    const XmppSrv *const *right = b;

    /* Those without weight first, as RFC 2782 asks for the drawing. */
    if ((*left)->priority != (*right)->priority)
        return (*left)->priority < (*right)->priority ? -1 : 1;

    return ((*left)->weight > 0) - ((*right)->weight > 0);
}

/* Steps of the generator of Steele, Lea and Flood ("SplitMix64"), so that one number draws all. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

void xmpp_srv_order(GPtrArray *records, uint64_t random)
{
    g_ptr_array_sort(records, compare);
    for (unsigned first = 0; first < records->len; first++) {
        const XmppSrv *head = records->pdata[first];
        uint64_t sum = 0;
        uint64_t drawn;
        unsigned end;
        unsigned chosen;

        for (end = first; end < records->len; end++) {
            const XmppSrv *srv = records->pdata[end];

            if (srv->priority != head->priority)
                break;
            sum += srv->weight;
        }
        drawn = next_random(&random) % (sum + 1);
        for (chosen = first; chosen + 1 < end; chosen++) {
            const XmppSrv *srv = records->pdata[chosen];

            if (srv->weight >= drawn)
                break;
            drawn -= srv->weight;
        }
        g_ptr_array_insert(records, (int)first, g_ptr_array_steal_index(records, chosen));
    }
}
