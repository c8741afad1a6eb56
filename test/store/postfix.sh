#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Delivery to a real Postfix: test/unit/channel/postfix_test.c against a private instance.
set -u
cd "$(dirname "$0")/../.."
build=$(dirname "${ENCOURS_PROGRAM:-build/encours}")

ENCOURS_TEST_POSTFIX_DIR=$(mktemp -d)
export ENCOURS_TEST_POSTFIX_DIR
trap 'tools/test-postfix stop; rm -rf "$ENCOURS_TEST_POSTFIX_DIR"' EXIT
tools/test-postfix start
case $? in
0) ;;
77) echo "# skipped: Postfix cannot run here (it needs to be installed, and root)"; exit 0 ;;
*) echo "not ok 1 - a private Postfix starts"; exit 1 ;;
esac
ENCOURS_TEST_POSTFIX=$(tools/test-postfix url) ENCOURS_TEST_POSTFIX_LOG=$(tools/test-postfix log) \
	"$build/test/test-unit-channel-postfix_test"
