/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.h - what the frame of every page tells of the data: how old it is, what waits in the side bar.
 *
 * Counting it takes longer than most pages, and it changes only when something happens: it is kept for each
 * company with the position of the log it was counted at.
 */
#ifndef INSIGHT_FRAME_H
#define INSIGHT_FRAME_H

#include "web/web.h"

struct frame_cache;

struct frame_cache *frame_cache_new(void);
void frame_cache_free(struct frame_cache *c); /* NULL is fine */

/* For struct web_app.frame; cache is a struct frame_cache. Silent when something cannot be known. */
void frame_fill(struct request *r, struct page *p, void *cache);

#endif
