/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - finds the subcommand. */
#include "base/base.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argc;
	fprintf(stderr, "%s: no command is built yet\n", argv[0]);
	return 2;
}
