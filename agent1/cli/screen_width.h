/*
 * How wide the terminal is that somebody reads on.
 */
#ifndef AGENT1_CLI_SCREEN_WIDTH_H
#define AGENT1_CLI_SCREEN_WIDTH_H

/* Of the terminal behind the descriptor, as it is now; where that is none or tells nothing, what
 * COLUMNS says, or 80. At least 2. */
unsigned screen_width(int fd);

#endif
