/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the door of the program: the command line takes over at once. */
#include "cmd/cmd.h"

int main(int argc, char **argv)
{
	return cmd_main(argc, argv);
}
