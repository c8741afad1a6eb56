#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The kill campaign of imports, in its short form; options of kill_import.mjs: --kills=N --seed=N --engine=E.
exec node "$(dirname "$0")/kill_import.mjs" "$@"
