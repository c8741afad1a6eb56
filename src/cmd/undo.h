/* SPDX-License-Identifier: Apache-2.0 */
/* undo.h - what can be taken back, of every room: for the server and the command. */
#ifndef CMD_UNDO_H
#define CMD_UNDO_H

#include "web/undo.h"

extern const struct undo_list *const all_undos[]; /* ends with NULL */

#endif
