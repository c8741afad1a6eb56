/* SPDX-License-Identifier: Apache-2.0 */
/* What happens between people in the demo: notes, exclusions, insolvency, disputes, promises. */
#include "day/demo_load.h"

bool demo_tell_events(struct demo_load *l, struct err *e)
{
	(void)l;
	(void)e;
	return true;
}
