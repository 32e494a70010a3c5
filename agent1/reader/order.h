/*
 * From an order to its news: fetches what is wanted, and makes a text of it.
 */
#ifndef AGENT1_READER_ORDER_H
#define AGENT1_READER_ORDER_H

#include "agent1/port/page_call.h"

/* The caller owns the news, whose id is "". */
PageNews *order_do(const PageOrder *order);

#endif
