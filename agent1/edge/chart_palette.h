/*
 * The colors of all pictures. They are told apart by people who do not see red or green (after
 * Okabe and Ito), and differ in lightness, too.
 */
#ifndef AGENT1_EDGE_CHART_PALETTE_H
#define AGENT1_EDGE_CHART_PALETTE_H

#include "agent1/edge/chart_canvas.h"

#define PALETTE_PAPER  ((Color){ 0xff, 0xff, 0xff })
#define PALETTE_INK    ((Color){ 0x22, 0x22, 0x22 })
#define PALETTE_FAINT  ((Color){ 0xdd, 0xdd, 0xdd })
#define PALETTE_BLUE   ((Color){ 0x00, 0x72, 0xb2 })
#define PALETTE_ORANGE ((Color){ 0xd5, 0x5e, 0x00 })
#define PALETTE_YELLOW ((Color){ 0xf0, 0xe4, 0x42 })
#define PALETTE_GREY   ((Color){ 0x99, 0x99, 0x99 })

#endif
