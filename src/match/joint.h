/* SPDX-License-Identifier: Apache-2.0 */
/*
 * joint.h - several entries of one run that pay one document together (versements): each names it whole, the same
 * payer sent them, none is the whole of it, and together they are. For the matching alone.
 */
#ifndef MATCH_JOINT_H
#define MATCH_JOINT_H

#include "match/match.h"

struct joint {
	uint32_t item;
	int64_t minor; /* of the entries together */
	int64_t n;     /* entries */
};

/* By item, ascending. */
struct joints {
	struct joint *at;
	size_t n;
};

/* Among the entries that are not final, by what their results show. The order of the entries changes nothing. Lives
 * in the arena. */
const struct joints *joint_find(struct arena *a, const struct match_entry *entries,
				const struct match_result *results, const bool *is_final, size_t n);

/* How many entries pay the item together, exactly what is open of it; 0 when none do. */
int64_t joint_of(const struct joints *j, uint32_t item, int64_t open_minor);

#endif
