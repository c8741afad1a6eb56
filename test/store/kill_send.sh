#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The kill campaign of sending, in its short form; options of kill_send.mjs: --kills=N --seed=N --engine=E
# --relay=sink|postfix.
exec node "$(dirname "$0")/kill_send.mjs" "$@"
