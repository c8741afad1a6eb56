// SPDX-License-Identifier: Apache-2.0
// The tree as the checks of tools/tidy see it: files with their texts, C without comments and strings, functions.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const readable = /\.(c|h|th|sql|mjs|js|css|sh|def|build|po|json|md|txt)$/;
const named = f => /^(tools|\.ci|bench)\/[^.]*$/.test(f) || f === "Makefile";

export const lines = text => text.split("\n");

// Comments and strings blanked, line by line, so that words inside them are not taken for code.
export function code(text, keepStrings = false) {
	return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
		m => keepStrings && /^["']/.test(m) ? m : m.replace(/[^\n]/g, " "));
}

// Functions by the layout that clang-format gives: a brace in column 1 opens, one closes.
export function functions(text) {
	const found = [];
	let start = 0, name = "";
	lines(text).forEach((l, i) => {
		const m = l.match(/^[a-zA-Z_].*?\b([a-z_0-9]+)\(/);
		if (m && !/;$/.test(l)) name = m[1];
		if (l === "{") start = i + 1;
		if (l === "}" && start) { found.push({ name, line: start, length: i - start }); start = 0; }
	});
	return found;
}

export function tree() {
	const files = execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n");
	const read = new Map(files.filter(f => readable.test(f) || named(f)).map(f => {
		try { return [f, readFileSync(f, "utf8")]; } catch { return [f, ""]; }
	}));
	return { files, read };
}
