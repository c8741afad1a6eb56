#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Delivery to a real Postfix: test/unit/channel/postfix_test.c against a private instance.
set -u
cd "$(dirname "$0")/../.."
build=$(dirname "${ENCOURS_PROGRAM:-build/encours}")

tools/test-postfix start
case $? in
0) ;;
77) echo "# skipped: Postfix cannot run here (it needs to be installed, and root)"; exit 0 ;;
*) echo "not ok 1 - a private Postfix starts"; exit 1 ;;
esac
trap 'tools/test-postfix stop' EXIT
ENCOURS_TEST_POSTFIX=$(tools/test-postfix url) ENCOURS_TEST_POSTFIX_LOG=$(tools/test-postfix log) \
	"$build/test/test-unit-channel-postfix_test"
