#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The kill campaign of bank statements and matching, in its short form; options of kill_match.mjs: --kills=N
# --seed=N --engine=E.
exec node "$(dirname "$0")/kill_match.mjs" "$@"
