/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reaper.h - cuts the connections of slow clients.
 *
 * The HTTP library's timeout is one of silence: a client that sends a byte now and then would hold its
 * connection for ever. So each socket has a deadline for what it is doing, and a thread shuts down those
 * that are past it.
 */
#ifndef WEB_REAPER_H
#define WEB_REAPER_H

#include "base/err.h"

struct reaper;

/* n_sockets: descriptors from 0 to n_sockets - 1 can have a deadline. */
bool reaper_start(int n_sockets, struct reaper **ret, struct err *e) NODISCARD;
void reaper_stop(struct reaper *r); /* NULL is fine */

/* The socket must be done with what it does within so many seconds from now. */
void reaper_set(struct reaper *r, int fd, int64_t seconds);

/* Gives a socket that has a deadline more time. */
void reaper_extend(struct reaper *r, int fd, int64_t seconds);

/* The socket has no deadline: it waits for us, or is closed. Before the descriptor is closed. */
void reaper_clear(struct reaper *r, int fd);

#endif
