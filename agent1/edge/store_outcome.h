/*
 * What becomes of a batch that is to be stored.
 */
#ifndef AGENT1_EDGE_STORE_OUTCOME_H
#define AGENT1_EDGE_STORE_OUTCOME_H

typedef enum {
    STORE_COMMITTED,
    STORE_FULL,   /* the disk or the quota is full: nothing of the batch is stored; try later */
    STORE_BROKEN, /* any other error: the process must end and be restarted */
} StoreOutcome;

#endif
