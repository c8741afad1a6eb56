// SPDX-License-Identifier: Apache-2.0
// What nobody uses: files that no build and no other file names, functions that only their header knows.
import { basename, dirname } from "node:path";
import { code } from "./source.mjs";

// Read by people or by the machine's own rules, not named by other files.
const known = /^(\.|README|CHANGELOG|LICENSE|NOTICE|Makefile|package(-lock)?\.json|doc\/|changelog\/|po\/|src\/[a-z0-9]+\/README\.md|fuzz\/(corpus|found)\/|test\/golden\/|.*\/README\.md$|.*\/meson\.build$|meson\.build|migrations\/\d{4}_)/;

export function deadFiles({ files, read }, say) {
	const builds = [...read].filter(([f]) => f.endsWith("meson.build")).map(([f, t]) => [dirname(f), t]);
	const texts = [...read].filter(([f]) => !f.endsWith(".po"));
	for (const file of files) {
		if (known.test(file) || file === "tools/tidy.mjs") continue; // tools/tidy is a link to it
		const name = basename(file), stem = name.replace(/\.[a-z0-9]+$/, "");
		const isBuilt = builds.some(([dir, t]) => (dir === "." || file.startsWith(dir + "/")) &&
			(t.includes(`'${dir === "." ? file : file.slice(dir.length + 1)}'`) || t.includes(stem)));
		if (/\.(c|th)$/.test(file) ? isBuilt : isBuilt || texts.some(([f, t]) => f !== file && (t.includes(name) || t.includes(`/${stem}.`))))
			continue;
		// The tests that make check finds by their place.
		if (/^test\/(store|http|browser|property|simulation)\/[^/]*\.(mjs|sh)$/.test(file)) continue;
		say(file, 1, /\.(c|th)$/.test(file) ? "no meson.build names this file" : "nothing names this file");
	}
}

// Functions declared in a header of src/, with how often each is named elsewhere: in the program, in tests.
export function deadFunctions({ read }, say) {
	const sources = [...read].filter(([f]) => /\.(c|h|th|def)$/.test(f)).map(([f, t]) => [f, /\.(c|h)$/.test(f) ? code(t) : t]);
	const count = new Map();
	let onlyTests = 0;

	for (const [f, t] of sources)
		for (const m of t.matchAll(/\b[a-z][a-z0-9_]{3,}\b/g)) {
			const seen = count.get(m[0]) ?? { program: 0, tests: 0 };
			seen[/^(test|fuzz|bench)\//.test(f) ? "tests" : "program"]++;
			count.set(m[0], seen);
		}
	for (const [f, t] of sources) {
		if (!/^src\/.*\.h$/.test(f)) continue;
		for (const m of t.matchAll(/^(?!static|typedef|#|\s)[a-z][\w \t*]*?\b([a-z][a-z0-9_]{3,})\(/gm)) {
			const seen = count.get(m[1]);
			if (m[1].startsWith("page_")) continue; // compiled templates call these
			// One word is the declaration, one the definition.
			if (seen.program <= 2 && seen.tests === 0)
				say(f, t.slice(0, m.index).split("\n").length, `nobody calls ${m[1]}`);
			else if (seen.program <= 2)
				onlyTests++;
		}
	}
	return onlyTests;
}
